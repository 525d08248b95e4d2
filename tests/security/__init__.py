"""A package, so that its world is taken back as soon as pytest leaves this folder."""
