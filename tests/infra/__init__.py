"""What is deployed: the generated template, the archives, and the programs that the playground starts."""
