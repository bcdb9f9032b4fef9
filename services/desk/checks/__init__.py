"""What `plenary doctor` looks at: each file one part of the house. Nothing here changes anything."""
