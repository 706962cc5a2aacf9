"""What is made of a show beside its episodes: external assets, each made by a job of its own."""
