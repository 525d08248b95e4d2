#!/usr/bin/env bash
# Once: a private authority, and certificates for the two services the site connects to.
set -euo pipefail
cd /certificates
if [ -f ca.crt ]; then exit 0; fi
openssl req -x509 -newkey rsa:3072 -nodes -days 3650 -subj "/CN=Throughline inside" \
    -keyout ca.key -out ca.crt
for name in database redis; do
    openssl req -newkey rsa:3072 -nodes -subj "/CN=$name" -addext "subjectAltName=DNS:$name" \
        -keyout "$name.key" -out "$name.csr"
    openssl x509 -req -in "$name.csr" -CA ca.crt -CAkey ca.key -CAcreateserial -days 825 \
        -copy_extensions copy -out "$name.crt"
    rm "$name.csr"
    chown 999:999 "$name.key"
    chmod 600 "$name.key"
done
chmod 600 ca.key
