"""Named column types, so that tables read like the things they hold."""

from datetime import date
from typing import Annotated

from sqlalchemy import Date, LargeBinary, SmallInteger, String
from sqlalchemy.orm import mapped_column

RandomId = Annotated[bytes, mapped_column(LargeBinary(16), primary_key=True)]
"""128 random bits: says nothing of when or in which order the row came."""

Hash32 = Annotated[bytes, mapped_column(LargeBinary(32))]
"""A SHA-256 or HMAC-SHA-256 value."""

Day = Annotated[date, mapped_column(Date)]
"""A calendar day; rows about people never hold a clock time."""

CountryCode = Annotated[str, mapped_column(String(2))]
"""An ISO 3166-1 alpha-2 code, or an empty string where no country is kept."""

Slug = Annotated[str, mapped_column(String(80))]
"""The name of an appeal in addresses and commands."""

Epoch = Annotated[int, mapped_column(SmallInteger)]
"""Which key pair of an appeal a row was sealed to, counting from 1."""
