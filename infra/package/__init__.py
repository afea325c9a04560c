"""The artifact: two archives, built reproducibly from the lock for the platform that will run them."""
