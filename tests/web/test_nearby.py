"""Places near by, on pages and by machine: the list, the map, exports; and the form that says where a place is."""

import csv
import json
from io import StringIO
from xml.etree import ElementTree

import pytest

from engine.office import Office
from tests.people import Staff
from tests.places import SUBSIDY
from tests.stories.test_service_points import district as district  # noqa: PLC0414  a fixture, asked for by name
from tests.web.machines import Machine
from tests.web.visitor import Visitor, at_field, said

SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
pytestmark = SQLITE


def test_anybody_finds_what_is_near_and_open(district: Office) -> None:
    page = Visitor(district).text(f"/nearby?matter={SUBSIDY}&near=HX01")
    for words in (
        "从桂花社区出发，由近到远",
        "470 米，步行约 8 分钟",
        "步行 15 分钟内",
        "开放中，至 12:00",
    ):
        assert words in page
    assert page.index("桂花社区 社区（村） 帮办") < page.index("政务大厅 受理")
    english = Visitor(district).english().text("/nearby?near=HX01")
    assert "470 m, about 8 min on foot" in english


def test_the_map_is_ours_and_leads_to_the_list(district: Office) -> None:
    page = Visitor(district).get("/nearby?longitude=104.73&latitude=31.47").text
    drawing = page[page.index('<svg class="map"') : page.index("</svg>") + 6]
    drawn = ElementTree.fromstring(drawing)  # noqa: S314  of our own making
    links = [link.get("href") for link in drawn.iter("a")]
    assert sorted(links) == ["#p-HALL", "#p-HX", "#p-HX01"]
    assert all(f'id="{link[1:]}"' in page for link in links if link)
    assert {c.get("class") for c in drawn.iter("circle")} >= {"quarter", "five-km"}
    assert not {"style", "onclick"} & {name for each in drawn.iter() for name in each.attrib}


@pytest.mark.parametrize(
    ("query", "field", "words"),
    [
        ("longitude=104.7", "latitude", "缺纬度"),
        ("longitude=31.4&latitude=104.7", "longitude", "填反了"),
        ("longitude=104%C2%B040&latitude=31", "longitude", "十进制的度"),
    ],
)
def test_a_place_to_set_out_from_that_cannot_be_is_said_beside_its_field(
    district: Office, query: str, field: str, words: str
) -> None:
    answer = Visitor(district).get(f"/nearby?{query}")
    assert answer.status_code == 422
    assert words in at_field(answer, field)


def test_what_is_found_is_taken_away_as_a_table_or_as_geojson(district: Office) -> None:
    anybody = Visitor(district)
    rows = list(csv.DictReader(StringIO(anybody.get("/nearby.csv?near=HX01").text.removeprefix("\ufeff"))))
    assert [(r["机构代码"], r["距离（米）"], r["15 分钟内"]) for r in rows] == [
        ("HX01", "0", "是"),
        ("HX", "470", "是"),
        ("HALL", "1539", "否"),
    ]
    found = json.loads(anybody.get("/nearby.geojson?near=HX01").text)
    feature = found["features"][1]
    assert (feature["geometry"]["coordinates"], feature["properties"]["datum"]) == (
        [104.7311, 31.4712],
        "CGCS2000",
    )
    assert feature["properties"]["within_15_minutes"] is True


def test_the_registrar_writes_down_where_a_place_is(district: Office) -> None:
    ding = Visitor(district, "registrar")
    assert "桂花社区" in ding.text("/admin/places")
    at = {"address": "桂花巷 3 号", "phone": "0816-1", "longitude": "104.7269", "latitude": "31.4734"}
    sent = ding.send("/admin/places/HX01", **at, workday="09:00-11:00")
    assert sent.location == "/admin/places/HX01?done=spot-kept"
    assert "桂花巷 3 号" in ding.text("/nearby")
    assert 'value="09:00-11:00"' in ding.get("/admin/places/HX01").text
    wrong = ding.send("/admin/places/HX01", **{**at, "latitude": ""})
    assert "缺纬度" in at_field(wrong, "latitude")
    assert 'value="桂花巷 3 号"' in wrong.text
    assert "读不出来" in at_field(ding.send("/admin/places/HX01", **at, workday="9点"), "hours")
    assert "按窗口作息" in ding.text("/admin/places/HALL")
    assert Visitor(district, "lin").get("/admin/places/HX01").status_code == 403
    assert ding.get("/admin/places/SCJG").status_code == 404


def test_machines_ask_without_a_token_and_write_with_one(district: Office) -> None:
    machine = Machine(district)
    found = machine.get("/nearby?near=HX01&open=true", None).json
    assert [(i["code"], i["metres"], i["within_5_km"]) for i in found["items"]][1] == ("HX", 470, True)
    assert (found["coverage"]["communities"], found["coverage"]["quarter"], found["datum"]) == (
        1,
        1,
        "CGCS2000",
    )
    told = {"address": "新址", "longitude": 104.73, "latitude": 31.47, "hours": [{"workday": "08:00-12:00"}]}
    assert machine.post("/places/HX/location", "registrar", json=told).status_code == 200
    assert machine.get("/nearby?street=HX", None).json["items"][0]["today"] == "08:00-12:00"
    assert machine.post("/places/HX/location", json=told).status_code == 403
    half = machine.post("/places/HX/location", "registrar", json={"longitude": 104.73})
    assert (half.json["code"], half.json["field"]) == ("place.half", "latitude")
    booked = machine.post("/places/HALL/location", "registrar", json=told)
    assert booked.json["code"] == "place.hours-of-hall"


def test_without_places_it_says_so(office: Office, staff: Staff) -> None:
    page = Visitor(office).get("/nearby")
    assert "这些站点还没有登记坐标" in said(page)
    assert "还没有登记坐标的社区" in said(page)
