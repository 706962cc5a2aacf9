"""Commands about what people write: a show, its episodes, and what is wrong with them."""
