"""The partners of the demo world, in a process of their own.

They know of us only what stands in the API's documentation: signed webhooks come in, signed
reports go out. Nothing here reads the product's database or settings.
"""
