"""One file per migration; its name is its revision. A file that was released is never changed.

A function is made by `CREATE OR REPLACE`: a restore drops empty tables and migrates again, and functions stay.
"""
