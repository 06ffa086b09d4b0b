"""What `tplc serve` serves: the board's pages, the JSON interface, metrics and health.

The only door to FastAPI. `app` puts it together, `site` holds what is remembered between requests,
`visitor` says who is asking, `form` what they sent, `page` draws a template. Each other file is one
page with its forms; the facts of a page are made in `console.views`.
"""
