"""Ten stories that the product has to survive, played against a running copy and watched."""
