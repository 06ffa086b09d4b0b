"""What the board's pages and the JSON interface show: one function a page, pure.

`reading` is what a request sees of the workspace; each other file makes one page's facts of it, as
values that the templates print and the interface gives. No HTML, no HTTP here.
"""
