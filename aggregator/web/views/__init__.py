"""The desk's pages, a module each: `routes(desk)` says at which addresses."""
