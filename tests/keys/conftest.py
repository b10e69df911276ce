"""What the tests of keys share with those of signing: an appeal, a key pair, and people to sign."""

from tests.signatures.conftest import appeal, keys, pair, people

__all__ = ["appeal", "keys", "pair", "people"]
