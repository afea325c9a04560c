"""What is deployed around the functions, and the playground that runs all of it on a laptop."""
