"""What comes in from outside: photographs of paper."""
