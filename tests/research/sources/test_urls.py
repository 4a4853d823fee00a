"""When two addresses are one page, and where a link leads."""

import base64

import pytest

from generator.research.sources import merged, url_key
from generator.research.sources.urls import direct
from models import Source

PAGE = "https://a.org/x"
BING = base64.urlsafe_b64encode(PAGE.encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "url",
    [
        "https://a.org/x",
        "http://a.org/x",
        "//a.org/x",
        "HTTPS://WWW.A.ORG/x/",
        "https://amp.a.org/x/amp",
        "https://www.m.a.org//x",
        "https://a.org/x/index.html",
        "https://a.org:443/x#top",
        "https://a.org/x#:~:text=some%20words",
        "https://a.org/x?utm_source=chat&fbclid=1&srsltid=AfmB",
        "https://a.org/x?gclid=1&_gl=2&mkt_tok=3&msclkid=4&yclid=5",
        "a.org/x",
        "https://a.org/%78",
        # Redirectors, and one within another.
        "https://www.google.com/url?sa=t&url=https%3A%2F%2Fa.org%2Fx&ved=2a",
        "https://www.google.com/url?q=https://a.org/x&sa=U",
        "//duckduckgo.com/l/?uddg=https%3A%2F%2Fa.org%2Fx&rut=1",
        f"https://www.bing.com/ck/a?!&&p=12&u=a1{BING}&ntb=1",
        "https://r.search.yahoo.com/_ylt=A;_ylu=B/RV=2/RE=17/RO=10/RU=https%3a%2f%2fa.org%2fx/RK=2/RS=z",
        "https://l.facebook.com/l.php?u=https%3A%2F%2Fa.org%2Fx&h=AT0",
        "https://www.youtube.com/redirect?event=video&q=https%3A%2F%2Fa.org%2Fx",
        "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fa.org%2Fx&data=05",
        "https://www.google.com/url?q=https%3A%2F%2Fl.facebook.com%2Fl.php%3Fu%3Dhttps%253A%252F%252Fa.org%252Fx",
    ],
)
def test_one_page_however_its_address_is_spelled(url: str) -> None:
    assert url_key(url) == url_key(PAGE)
    assert len(merged([[Source("a", url)], [Source("b", PAGE)]])) == 1


def test_the_order_of_a_query_is_no_other_page() -> None:
    assert url_key("https://a.org/x?a=1&b=2") == url_key("https://a.org/x?b=2&a=1&utm_medium=x")


@pytest.mark.parametrize(
    "url",
    [
        "https://a.org/X",
        "https://b.org/x",
        "https://a.org/x?id=1",
        "https://a.org:8080/x",
        "https://[::1/x",
        "https://a.org:port/x",
        "",
        # What takes an address and does not lead there.
        "https://validator.example/check?uri=https%3A%2F%2Fa.org%2Fx",
        "https://web.archive.example/web/2020/https://a.org/x",
        "https://b.org/article?source=https://a.org/x",
        "https://www.google.com/url?q=words",
        "https://www.bing.com/ck/a?u=a1%%%",
        "https://[bad/url?q=https://a.org/x",
    ],
)
def test_other_pages_are_others(url: str) -> None:
    assert url_key(url) != url_key(PAGE)


@pytest.mark.parametrize(
    ("url", "leads_to"),
    [
        ("https://a.org/x?utm_source=chat", "https://a.org/x"),
        (
            "https://a.org/x?id=a%2Bb&utm_source=chat&q=%E5%AD%97#part",
            "https://a.org/x?id=a%2Bb&q=%E5%AD%97#part",
        ),
        ("https://a.org/x?a;b&empty=", "https://a.org/x?a;b&empty="),
        (
            "https://www.google.com/url?q=https://a.org/x%3Fid%3D1%26gclid%3D2",
            "https://a.org/x?id=1",
        ),
        ("https://a.org/x_(y)?#", "https://a.org/x_(y)#"),
    ],
)
def test_a_link_without_what_counts_its_visitors(url: str, leads_to: str) -> None:
    assert direct(url) == leads_to
