"""A believable world to try the product on, made through the same services as a real one."""
