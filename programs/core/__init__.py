"""What a program asks, decided in plain Python: no framework, no clock, no I/O at call time."""
