"""The product's own data: the catalogue is whole, every diagram runs to its end whichever way is taken."""
