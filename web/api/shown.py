"""What goes out: the shapes of the answers, as the interface describes them."""

from marshmallow import Schema
from marshmallow.fields import Boolean, Date, DateTime, Dict, Float, Integer, List, Nested, String


class MemberShown(Schema):
    """A member of a bundle."""

    no = String()
    matter = String()
    state = String()


class CaseShown(Schema):
    """A case as an act left it."""

    no = String()
    kind = String()
    matter = String()
    state = String()
    paused = Boolean()
    received_at = DateTime()
    accepted_at = DateTime(allow_none=True)
    decided_at = DateTime(allow_none=True)
    closed_at = DateTime(allow_none=True)
    promised_due_at = DateTime(allow_none=True)
    legal_due_at = DateTime(allow_none=True)


class Receipt(CaseShown):
    """A case just taken in, with the code (查询码) its applicant tracks it by."""

    code = String()
    members = List(Nested(MemberShown))


class EntryShown(Schema):
    """A line of the register of cases."""

    no = String()
    kind = String()
    matter = String()
    name = String()
    state = String()
    channel = String()
    received_at = DateTime()
    accepted_at = DateTime(allow_none=True)
    decided_at = DateTime(allow_none=True)
    closed_at = DateTime(allow_none=True)
    promised_due_at = DateTime(allow_none=True)
    legal_due_at = DateTime(allow_none=True)


class RegisterShown(Schema):
    """A page of the register; ``next`` is the cursor of the following page."""

    items = List(Nested(EntryShown))
    next = String(allow_none=True)


class TaskShown(Schema):
    """A task as it stands; ``outcomes`` are what it may be completed with."""

    id = Integer()
    case = String()
    node = String()
    name = String()
    stage = String()
    role = String()
    org_id = Integer()
    opened_at = DateTime()
    due_at = DateTime()
    paused_at = DateTime(allow_none=True)
    held = Boolean()
    assignee_id = Integer(allow_none=True)
    delegator_id = Integer(allow_none=True)
    closed_at = DateTime(allow_none=True)
    outcome = String(allow_none=True)
    opinion = String()
    rev = Integer()
    officers = Integer()
    outcomes = Dict(keys=String(), values=String())


class FindingShown(Schema):
    """A remark about a diagram, at its element."""

    level = String()
    code = String()
    element = String(allow_none=True)
    line = Integer(allow_none=True)
    message = String()
    bars = String(allow_none=True)


class DefinitionShown(Schema):
    """A version of a diagram or a decision."""

    id = Integer()
    kind = String()
    key = String()
    version = Integer()
    name = String()
    status = String()
    sha256 = String()
    findings = List(Nested(FindingShown))


class MovingShown(Schema):
    """What comes of one running case: whether it moves, and what keeps it."""

    no = String()
    version = Integer()
    steps = List(String())
    moves = Boolean()
    started = List(String())
    stopped = List(String())
    findings = List(Nested(FindingShown))


class WantShown(Schema):
    """A step of the old version that is to be named in the map, and how many cases wait for it."""

    node = String()
    name = String()
    cases = Integer()


class MigrationShown(Schema):
    """What came, or would come, of a migration; ``left`` are those the next request goes on with."""

    key = String()
    version = Integer()
    dry_run = Boolean()
    moved = Integer()
    kept = Integer()
    left = Integer()
    wants = List(Nested(WantShown))
    items = List(Nested(MovingShown))


class FileShown(Schema):
    """A file that is kept."""

    id = Integer()
    sha256 = String()


class TokenShown(Schema):
    """A token for machines; it is shown once."""

    token = String()


class LicenceStateShown(Schema):
    """How a licence stands: the state as a word of ours, and its name."""

    number = String()
    state = String()
    name = String()


class SquareShown(Schema):
    """A calendar day of a deadline."""

    day = Date()
    kind = String()
    number = Integer(allow_none=True)
    label = String()
    today = Boolean()


class HaltedShown(Schema):
    """A pause of a clock: on what ground, till when announced, and the days it takes out by itself."""

    ground = String()
    start = DateTime()
    end = DateTime(allow_none=True)
    announced = Date(allow_none=True)
    overrun = Boolean()
    days = Integer()


class PaperShown(Schema):
    """A paper a case gave rise to (文书)."""

    id = Integer()
    kind = String()
    title = String()
    no = String()
    text = String()
    articles = List(String())
    at = DateTime()


class PapersShown(Schema):
    """The papers of a case, in order."""

    items = List(Nested(PaperShown))


class ExplanationShown(Schema):
    """How a due moment came about."""

    due = DateTime()
    provisional = Boolean()
    squares = List(Nested(SquareShown))
    sentence = String()
    rules = List(String())
    articles = List(String())
    calendar = String()
    halts = List(Nested(HaltedShown))
    extension = String(allow_none=True)
    document = String()
    precision = String()
    party = String()
    consequence = String()


class DeadlineShown(Schema):
    """A clock of a case and how its due day came about."""

    id = Integer()
    clock = String()
    limit = String()
    extension = String()
    precision = String()
    started_at = DateTime()
    due_at = DateTime()
    settled_at = DateTime(allow_none=True)
    paused = Boolean()
    light = String()
    days = Integer()
    explanation = Nested(ExplanationShown)


class IncidentShown(Schema):
    """Something that went wrong; ``case`` is null where a case could not even begin."""

    id = Integer()
    case = String(allow_none=True)
    matter = String()
    matter_name = String()
    source = String()
    what = String()
    by = String()
    code = String()
    element = String()
    message = String()
    times = Integer()
    at = DateTime()
    last_at = DateTime()
    try_at = DateTime(allow_none=True)
    settled_at = DateTime(allow_none=True)
    settled_by = String()
    settled_how = String()


class OfferShown(Schema):
    """Why a case was begun unasked: the rule as it stood, what it was asked, whose data were used."""

    because = String()
    why = String()
    way = String()
    goes_on = String()
    until = Date()
    agreed = Boolean()
    declined = Boolean()
    human_at = DateTime(allow_none=True)
    rule = String()
    version = Integer(allow_none=True)
    sha256 = String()
    asked = List(List(String()))
    heads = List(String())
    rows = List(List(String()))
    data = List(Dict())
    may_decline = Boolean()
    may_agree = Boolean()
    may_ask = Boolean()


class RosterShown(Schema):
    """A list of people, and until when it is public."""

    id = Integer()
    until = DateTime()


class MadeShown(Schema):
    """What came of making the cases of a list."""

    made = Integer()
    left = Integer()
    refused = List(Dict())


class ListShown(Schema):
    """A list of records; ``next`` is the cursor of the following page, where there are pages."""

    items = List(Dict())
    next = String(allow_none=True)


class RecordShown(Schema):
    """A record whose fields are those of the page that shows it."""


class LateGroupShown(Schema):
    """Late cases that share something."""

    key = String()
    name = String()
    count = Integer()
    cases = List(String())


class CountedShown(Schema):
    """Cases in groups."""

    count = Integer()
    groups = List(Nested(LateGroupShown))


class LateShown(Schema):
    """All that was late as of a moment; what was decided late by then apart, and what was due soon if asked for."""

    as_of = DateTime()
    group_by = String()
    precision = String()
    count = Integer()
    groups = List(Nested(LateGroupShown))
    finished_late = Nested(CountedShown)
    open = Integer()
    due_soon = Nested(CountedShown, allow_none=True)


class CalendarVersionShown(Schema):
    """One version of a calendar: who drafted it, who put it in force, what it rests on."""

    id = Integer()
    code = String()
    no = String()
    status = String()
    document = String()
    note = String()
    sources = List(String())
    hours = List(Dict(), allow_none=True)
    orgs = List(String())
    sha256 = String()
    imported_at = DateTime()
    imported_name = String()
    activated_at = DateTime(allow_none=True)
    activated_name = String()
    superseded_at = DateTime(allow_none=True)


class CalendarShown(Schema):
    """A calendar, its version in force and its drafts."""

    code = String()
    name = String()
    parent = String(allow_none=True)
    active = Nested(CalendarVersionShown, allow_none=True)
    drafts = List(Nested(CalendarVersionShown))


class CalendarsShown(Schema):
    """Every calendar; how far the notices reach; how many running clocks are still to be reckoned anew."""

    items = List(Nested(CalendarShown))
    first = Date()
    last = Date()
    days_ahead = Integer()
    behind = Integer()


class CalendarDayShown(Schema):
    """What a day is."""

    day = Date()
    working = Boolean()
    name = String()
    provisional = Boolean()


class CalendarDaysShown(Schema):
    """A year's days by the calendar in force."""

    code = String()
    version = String()
    days = List(Nested(CalendarDayShown))


class ImpactShown(Schema):
    """What a proposed calendar changes, and the running clocks it moves, those that come earlier first."""

    first = Date()
    last = Date()
    hours_changed = Boolean()
    days = List(Dict())
    moves = List(Dict())
    earlier = Integer()
    later = Integer()
    weighed = Integer()
    complete = Boolean()
    ended = Integer()


class PartShown(Schema):
    """A department's part of an inspection; ``present`` is null until it was held."""

    case_no = String()
    matter = String()
    org = String()
    officers = List(String())
    present = Boolean(allow_none=True)
    result = String()
    remark = String()


class InspectionShown(Schema):
    """An inspection: when, where and how, and each department's part."""

    id = Integer()
    no = String()
    name = String()
    applicant = String()
    phone = String()
    planned_at = DateTime()
    place = String()
    mode = String()
    state = String()
    link = String()
    evidence = List(Integer())
    confirmed_at = DateTime(allow_none=True)
    moved = Integer()
    reason = String()
    parts = List(Nested(PartShown))


class HearingShown(Schema):
    """The latest hearing of a case; ``standing`` is announced, asked, or empty when it is behind."""

    no = String()
    standing = String()
    words = String()
    ask_by = DateTime()
    may_ask = Boolean()
    asked_at = DateTime(allow_none=True)
    waived_at = DateTime(allow_none=True)
    planned_at = DateTime(allow_none=True)
    place = String()
    chair = String()
    chair_id = Integer(allow_none=True)
    held_at = DateTime(allow_none=True)
    record_id = Integer(allow_none=True)
    outcome = String()


class VoteShown(Schema):
    """A committee's vote, with its ballots and how many of each there are."""

    task_id = Integer()
    task = String()
    case_no = String()
    matter = String()
    rules = String()
    rev = Integer()
    question = String()
    until = DateTime(allow_none=True)
    over = Boolean()
    outcome = String()
    minutes_id = Integer(allow_none=True)
    ballots = List(Dict())
    members = Integer()
    present = Integer()
    tally = Dict(allow_none=True)
    member = Boolean()
    chairs = Boolean()
    closed = Boolean()
    candidates = List(List(String()))


class MandateShown(Schema):
    """A mandate (代办授权) and the code its agent acts by."""

    id = Integer()
    code = String()
    matters = List(String())
    since = DateTime()
    until = DateTime()
    basis = String()
    revoked_at = DateTime(allow_none=True)


class GuidanceShown(Schema):
    """Guidance before filing."""

    id = Integer()


class AppointmentShown(Schema):
    """An appointment, without who comes."""

    id = Integer()
    code = String()
    hall_code = String()
    kind = String()
    at = DateTime()
    until = DateTime()
    state = String()
    officer = String(allow_none=True)


class ServiceShown(Schema):
    """How people were served in a month."""

    month = String()
    tiles = List(Dict())
    called = Integer()
    waited = Float(allow_none=True)
    assists = Integer()
    assists_first = Integer()
    groups = List(List(String()))
    appointments = Dict()
    contacts = List(Dict())


class RatedShown(Schema):
    """A rating as it was given, with the receipt by which its giver may change it and see the answer."""

    receipt = String()
    case = String()
    level = Integer()
    occasion = String()


class StepShown(Schema):
    """How far a bad rating is put right: 核实、整改、回访、测评, or how it ended."""

    id = Integer()
    step = String()
    satisfaction = Integer(allow_none=True)


class TicketShown(Schema):
    """A ticket as an act left it."""

    id = Integer()
    kind = String()
    source = String()
    standing = String()
    due_at = DateTime()
    closed_at = DateTime(allow_none=True)
    cause = String(allow_none=True)


class FiguresShown(Schema):
    """Counts and rates of a month, whole and by group."""

    total = Dict()
    groups = List(Dict())


class Made(Schema):
    """What was written down, by its id."""

    id = Integer(allow_none=True)


class CrossingsShown(Schema):
    """Cases between two places, by what is to be done (跨区通办)."""

    forward = List(Dict())
    away = List(Dict())
    receive = List(Dict())
    back = List(Dict())
    arrived = List(Dict())


class CrossingShown(Schema):
    """Where a crossing case is, and the other cases of its application."""

    no = String()
    name = String()
    applicant = String()
    state = String()
    mode = String()
    place = String()
    home = String()
    method = String()
    waybill = String()
    sent_at = DateTime(allow_none=True)
    home_at = DateTime(allow_none=True)
    back_at = DateTime(allow_none=True)
    back_method = String()
    back_waybill = String()
    returns = Integer()
    reason = String()
    due_at = DateTime(allow_none=True)
    light = String(allow_none=True)
    days = Integer(allow_none=True)
    sites = List(Dict())


class PlacesShown(Schema):
    """Places, what each does about each matter, entrustments, presence in the hall."""

    places = List(Dict())
    cells = List(Dict())
    entrustments = List(Dict())
    presence = Dict()


class ProjectMade(Schema):
    """A key project by its number."""

    no = String()


class ProjectShown(ProjectMade):
    """A key project with its cases and what its champion was told."""

    name = String()
    champion = String()
    champion_id = Integer()
    opened_at = DateTime()
    closed_at = DateTime(allow_none=True)
    lines = List(Dict())
    alerts = List(Dict())


class RemindersShown(Schema):
    """Licences that end: those asked for, how many stand how, and the figures, of all and by month."""

    items = List(Dict())
    counts = Dict()
    figures = List(Dict())


class NearbyShown(Schema):
    """Places one can go to, nearest first, and how many communities have one near; what the figures stand on."""

    items = List(Dict())
    coverage = Dict()
    datum = String()
    metres_a_minute = Float()
