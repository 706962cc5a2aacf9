"""No password of an address is shown."""

import pytest

from resources.core.text.addresses import holds_keys, without_login


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("sftp://ninja:s3cr3t@host/library", "sftp://***@host/library"),
        ("s3://KEY:s3cr3t@media", "s3://***@media"),
        ("ftp://ninja:s3@cr3t@host:21/a@b:c@d", "ftp://***@host:21/a@b:c@d"),
        ("no host in ftp://ninja:s3cr3t@: try again", "no host in ftp://***@: try again"),
        ("postgresql://user@host/database", "postgresql://user@host/database"),
        ("s3://bucket/a:b@c", "s3://bucket/a:b@c"),
        ("sftp:/ninja:s3cr3t@host/library", "sftp:/***@host/library"),
        ("/a/folder:of@somebody", "/a/folder:of@somebody"),
    ],
)
def test_a_login_in_an_address_is_not_shown_and_all_else_is(address: str, shown: str) -> None:
    assert without_login(address) == shown


@pytest.mark.parametrize(
    ("address", "held"),
    [
        ("s3://KEY:s3cr3t@media/library", True),
        ("gs://s3cr3t@media", True),
        ("s3://media/a@b", False),
        ("abfs://container@account.dfs.core.windows.net/library", False),
        ("sftp://ninja:s3cr3t@host/library", False),
    ],
)
def test_keys_before_a_bucket_are_seen_and_the_logins_of_servers_that_take_one_are_not(
    address: str, held: bool
) -> None:
    assert holds_keys(address) is held
