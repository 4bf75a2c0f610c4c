import pytest

from app.addresses import network_of


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("10.1.2.3", "10.1.2.3"),
        ("::ffff:10.1.2.3", "10.1.2.3"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
    ],
)
def test_a_place_is_an_address_or_a_customer_s_network(address: str, network: str) -> None:
    assert network_of(address) == network
