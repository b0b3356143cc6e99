"""The first schema: people, catalogue, diagrams, cases and their clocks, journal and letters."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Json = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
Moment = sa.DateTime(timezone=True)


def upgrade() -> None:
    _applicants()
    _calendar_versions()
    _commands()
    _counters()
    _files()
    _orgs()
    _users()
    _calendar_days()
    _covers()
    _definitions()
    _posts()
    _sessions()
    _tokens()
    _matters()
    _cases()
    _commitments()
    _corrections()
    _deadlines()
    _decisions()
    _deliveries()
    _incidents()
    _journal()
    _letters()
    _materials()
    _pauses()
    _tasks()


def _applicants() -> None:
    op.create_table(
        "applicants",
        sa.Column("id", Id, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("id_number", sa.String(length=30), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("phone", sa.String(length=30), server_default="", nullable=False),
        sa.CheckConstraint("kind IN ('person','company')", name=op.f("ck_applicants_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_applicants")),
        sa.UniqueConstraint("id_number", name=op.f("uq_applicants_id_number")),
    )


def _calendar_versions() -> None:
    op.create_table(
        "calendar_versions",
        sa.Column("id", Id, nullable=False),
        sa.Column("no", sa.String(length=60), nullable=False),
        sa.Column("sources", Json, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("imported_at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_versions")),
        sa.UniqueConstraint("no", name=op.f("uq_calendar_versions_no")),
    )


def _commands() -> None:
    op.create_table(
        "commands",
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("answer", Json, nullable=True),
        sa.Column("at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_commands")),
    )


def _counters() -> None:
    op.create_table(
        "counters",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("value", Id, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_counters")),
    )


def _files() -> None:
    op.create_table(
        "files",
        sa.Column("id", Id, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_files")),
        sa.UniqueConstraint("sha256", name=op.f("uq_files_sha256")),
    )


def _orgs() -> None:
    op.create_table(
        "orgs",
        sa.Column("id", Id, nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("name_en", sa.String(length=100), server_default="", nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("parent_id", Id, nullable=True),
        sa.CheckConstraint(
            "kind IN ('district','department','hall','street','community')", name=op.f("ck_orgs_kind")
        ),
        sa.ForeignKeyConstraint(["parent_id"], ["orgs.id"], name=op.f("fk_orgs_parent_id_orgs")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orgs")),
        sa.UniqueConstraint("code", name=op.f("uq_orgs_code")),
    )
    with op.batch_alter_table("orgs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_orgs_parent_id"), ["parent_id"], unique=False)


def _users() -> None:
    op.create_table(
        "users",
        sa.Column("id", Id, nullable=False),
        sa.Column("login", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("password", sa.String(length=200), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("locked_until", Moment, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("login", name=op.f("uq_users_login")),
    )


def _calendar_days() -> None:
    op.create_table(
        "calendar_days",
        sa.Column("version_id", Id, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("working", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["calendar_versions.id"],
            name=op.f("fk_calendar_days_version_id_calendar_versions"),
        ),
        sa.PrimaryKeyConstraint("version_id", "day", name=op.f("pk_calendar_days")),
    )


def _covers() -> None:
    op.create_table(
        "covers",
        sa.Column("id", Id, nullable=False),
        sa.Column("user_id", Id, nullable=False),
        sa.Column("cover_id", Id, nullable=False),
        sa.Column("since", Moment, nullable=False),
        sa.Column("until", Moment, nullable=False),
        sa.ForeignKeyConstraint(["cover_id"], ["users.id"], name=op.f("fk_covers_cover_id_users")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_covers_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_covers")),
    )
    with op.batch_alter_table("covers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_covers_cover_id"), ["cover_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_covers_user_id"), ["user_id"], unique=False)


def _definitions() -> None:
    op.create_table(
        "definitions",
        sa.Column("id", Id, nullable=False),
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("source", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("findings", Json, nullable=False),
        sa.Column("made_at", Moment, nullable=False),
        sa.Column("made_by", Id, nullable=True),
        sa.Column("published_at", Moment, nullable=True),
        sa.CheckConstraint("status IN ('draft','published')", name=op.f("ck_definitions_status")),
        sa.ForeignKeyConstraint(["made_by"], ["users.id"], name=op.f("fk_definitions_made_by_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_definitions")),
        sa.UniqueConstraint("key", "version", name=op.f("uq_definitions_key_version")),
    )


def _posts() -> None:
    op.create_table(
        "posts",
        sa.Column("id", Id, nullable=False),
        sa.Column("user_id", Id, nullable=False),
        sa.Column("org_id", Id, nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["orgs.id"], name=op.f("fk_posts_org_id_orgs")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_posts_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posts")),
        sa.UniqueConstraint("user_id", "org_id", "role", name=op.f("uq_posts_user_id_org_id_role")),
    )
    with op.batch_alter_table("posts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_posts_org_id"), ["org_id"], unique=False)


def _sessions() -> None:
    op.create_table(
        "sessions",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("user_id", Id, nullable=False),
        sa.Column("began_at", Moment, nullable=False),
        sa.Column("seen_at", Moment, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_sessions_user_id_users")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_sessions")),
    )
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sessions_user_id"), ["user_id"], unique=False)


def _tokens() -> None:
    op.create_table(
        "tokens",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("user_id", Id, nullable=False),
        sa.Column("note", sa.String(length=100), server_default="", nullable=False),
        sa.Column("made_at", Moment, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_tokens_user_id_users")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_tokens")),
    )
    with op.batch_alter_table("tokens", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tokens_user_id"), ["user_id"], unique=False)


def _matters() -> None:
    op.create_table(
        "matters",
        sa.Column("id", Id, nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("name_en", sa.String(length=100), server_default="", nullable=False),
        sa.Column("authority", sa.String(length=40), nullable=False),
        sa.Column("record", Json, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("definition_id", Id, nullable=False),
        sa.Column("current", sa.Boolean(), nullable=False),
        sa.Column("published_at", Moment, nullable=False),
        sa.CheckConstraint("kind IN ('matter','bundle')", name=op.f("ck_matters_kind")),
        sa.ForeignKeyConstraint(
            ["definition_id"], ["definitions.id"], name=op.f("fk_matters_definition_id_definitions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matters")),
        sa.UniqueConstraint("key", "version", name=op.f("uq_matters_key_version")),
    )
    with op.batch_alter_table("matters", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_matters_definition_id"), ["definition_id"], unique=False)
        batch_op.create_index(
            "uq_matters_current",
            ["key"],
            unique=True,
            sqlite_where=sa.text("current"),
            postgresql_where=sa.text("current"),
        )


def _cases() -> None:
    op.create_table(
        "cases",
        sa.Column("id", Id, nullable=False),
        sa.Column("no", sa.String(length=30), nullable=False),
        sa.Column("code", sa.String(length=30), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("parent_id", Id, nullable=True),
        sa.Column("matter_id", Id, nullable=False),
        sa.Column("matter_key", sa.String(length=60), nullable=False),
        sa.Column("definition_id", Id, nullable=False),
        sa.Column("applicant_id", Id, nullable=False),
        sa.Column("agent_id", Id, nullable=True),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("hall_id", Id, nullable=False),
        sa.Column("authority_id", Id, nullable=False),
        sa.Column("street_id", Id, nullable=True),
        sa.Column("first_contact_id", Id, nullable=True),
        sa.Column("flags", Json, nullable=False),
        sa.Column("answers", Json, nullable=False),
        sa.Column("received_at", Moment, nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("complete_at", Moment, nullable=False),
        sa.Column("accepted_at", Moment, nullable=True),
        sa.Column("decided_at", Moment, nullable=True),
        sa.Column("closed_at", Moment, nullable=True),
        sa.Column("paused_at", Moment, nullable=True),
        sa.Column("promised_due_at", Moment, nullable=True),
        sa.Column("legal_due_at", Moment, nullable=True),
        sa.Column("noticed_at", Moment, nullable=True),
        sa.Column("flow", sa.LargeBinary(), nullable=True),
        sa.Column("seq", sa.Integer(), server_default="0", nullable=False),
        sa.Column("chain", sa.String(length=64), server_default="", nullable=False),
        sa.Column("version", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint("channel IN ('window', 'online', 'agent')", name=op.f("ck_cases_channel")),
        sa.CheckConstraint("kind IN ('matter','bundle')", name=op.f("ck_cases_kind")),
        sa.CheckConstraint(
            "state IN ('submitted', 'prereview_rejected', 'prereview_passed', 'received', 'correction', 'corrected', 'not_required', 'not_accepted', 'accepted', 'accepted_tolerant', 'accepted_deemed', 'granted', 'granted_partly', 'denied', 'withdrawn', 'withdrawn_deemed', 'acceptance_revoked', 'delivered')",
            name=op.f("ck_cases_state"),
        ),
        sa.ForeignKeyConstraint(["agent_id"], ["applicants.id"], name=op.f("fk_cases_agent_id_applicants")),
        sa.ForeignKeyConstraint(
            ["applicant_id"], ["applicants.id"], name=op.f("fk_cases_applicant_id_applicants")
        ),
        sa.ForeignKeyConstraint(["authority_id"], ["orgs.id"], name=op.f("fk_cases_authority_id_orgs")),
        sa.ForeignKeyConstraint(
            ["definition_id"], ["definitions.id"], name=op.f("fk_cases_definition_id_definitions")
        ),
        sa.ForeignKeyConstraint(
            ["first_contact_id"], ["users.id"], name=op.f("fk_cases_first_contact_id_users")
        ),
        sa.ForeignKeyConstraint(["hall_id"], ["orgs.id"], name=op.f("fk_cases_hall_id_orgs")),
        sa.ForeignKeyConstraint(["matter_id"], ["matters.id"], name=op.f("fk_cases_matter_id_matters")),
        sa.ForeignKeyConstraint(["parent_id"], ["cases.id"], name=op.f("fk_cases_parent_id_cases")),
        sa.ForeignKeyConstraint(["street_id"], ["orgs.id"], name=op.f("fk_cases_street_id_orgs")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
        sa.UniqueConstraint("code", name=op.f("uq_cases_code")),
        sa.UniqueConstraint("no", name=op.f("uq_cases_no")),
    )
    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cases_applicant_id"), ["applicant_id"], unique=False)
        batch_op.create_index("ix_cases_decided_at", ["decided_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_cases_definition_id"), ["definition_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_cases_matter_id"), ["matter_id"], unique=False)
        batch_op.create_index(
            "ix_cases_parent_id",
            ["parent_id"],
            unique=False,
            postgresql_where=sa.text("parent_id IS NOT NULL"),
        )
        batch_op.create_index("ix_cases_received_at", ["received_at"], unique=False)
        batch_op.create_index(
            "ix_cases_undecided",
            ["promised_due_at", "authority_id", "matter_key"],
            unique=False,
            sqlite_where=sa.text("decided_at IS NULL AND closed_at IS NULL AND accepted_at IS NOT NULL"),
            postgresql_where=sa.text("decided_at IS NULL AND closed_at IS NULL AND accepted_at IS NOT NULL"),
        )


def _commitments() -> None:
    op.create_table(
        "commitments",
        sa.Column("id", Id, nullable=False),
        sa.Column("case_id", Id, nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("on_overdue", sa.String(length=30), nullable=False),
        sa.Column("made_at", Moment, nullable=False),
        sa.Column("due_at", Moment, nullable=False),
        sa.Column("met_at", Moment, nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_commitments_case_id_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commitments")),
        sa.UniqueConstraint("case_id", "code", name=op.f("uq_commitments_case_id_code")),
    )


def _corrections() -> None:
    op.create_table(
        "corrections",
        sa.Column("id", Id, nullable=False),
        sa.Column("case_id", Id, nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("items", Json, nullable=False),
        sa.Column("override_reason", sa.String(length=500), server_default="", nullable=False),
        sa.Column("asked_at", Moment, nullable=False),
        sa.Column("answered_at", Moment, nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_corrections_case_id_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_corrections")),
        sa.UniqueConstraint("case_id", "no", name=op.f("uq_corrections_case_id_no")),
    )


def _deadlines() -> None:
    op.create_table(
        "deadlines",
        sa.Column("id", Id, nullable=False),
        sa.Column("case_id", Id, nullable=False),
        sa.Column("clock", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=64), server_default="", nullable=False),
        sa.Column("limit_text", sa.String(length=30), nullable=False),
        sa.Column("started_at", Moment, nullable=False),
        sa.Column("due_at", Moment, nullable=False),
        sa.Column("armed", sa.Boolean(), nullable=False),
        sa.Column("calendar", sa.String(length=60), nullable=False),
        sa.Column("fired_at", Moment, nullable=True),
        sa.Column("settled_at", Moment, nullable=True),
        sa.Column("try_at", Moment, nullable=True),
        sa.Column("extended", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.CheckConstraint(
            "clock IN ('notice', 'prereview', 'promised', 'legal', 'stage', 'correction', 'tolerance', 'delivery', 'timer')",
            name=op.f("ck_deadlines_clock"),
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_deadlines_case_id_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deadlines")),
    )
    with op.batch_alter_table("deadlines", schema=None) as batch_op:
        batch_op.create_index(
            "ix_deadlines_armed",
            ["due_at"],
            unique=False,
            sqlite_where=sa.text("armed"),
            postgresql_where=sa.text("armed"),
        )
        batch_op.create_index(batch_op.f("ix_deadlines_case_id"), ["case_id"], unique=False)


def _decisions() -> None:
    op.create_table(
        "decisions",
        sa.Column("case_id", Id, nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=2000), nullable=False),
        sa.Column("document_no", sa.String(length=60), nullable=False),
        sa.Column("by_id", Id, nullable=True),
        sa.Column("at", Moment, nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_decisions_by_id_users")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_decisions_case_id_cases")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_decisions")),
        sa.UniqueConstraint("document_no", name=op.f("uq_decisions_document_no")),
    )


def _deliveries() -> None:
    op.create_table(
        "deliveries",
        sa.Column("case_id", Id, nullable=False),
        sa.Column("method", sa.String(length=20), nullable=False),
        sa.Column("receiver", sa.String(length=100), nullable=False),
        sa.Column("waybill", sa.String(length=60), server_default="", nullable=False),
        sa.Column("by_id", Id, nullable=True),
        sa.Column("at", Moment, nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_deliveries_by_id_users")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_deliveries_case_id_cases")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_deliveries")),
    )


def _incidents() -> None:
    op.create_table(
        "incidents",
        sa.Column("id", Id, nullable=False),
        sa.Column("case_id", Id, nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("element", sa.String(length=100), nullable=True),
        sa.Column("message", sa.String(length=1000), nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("try_at", Moment, nullable=False),
        sa.Column("settled_at", Moment, nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_incidents_case_id_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incidents")),
    )
    with op.batch_alter_table("incidents", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_incidents_case_id"), ["case_id"], unique=False)


def _journal() -> None:
    op.create_table(
        "journal",
        sa.Column("id", Id, nullable=False),
        sa.Column("case_id", Id, nullable=True),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("by_id", Id, nullable=True),
        sa.Column("by_name", sa.String(length=60), nullable=False),
        sa.Column("act", sa.String(length=40), nullable=False),
        sa.Column("data", Json, nullable=False),
        sa.Column("prev", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_journal_by_id_users")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_journal_case_id_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal")),
        sa.UniqueConstraint("case_id", "seq", name=op.f("uq_journal_case_id_seq")),
    )


def _letters() -> None:
    op.create_table(
        "letters",
        sa.Column("id", Id, nullable=False),
        sa.Column("to_id", Id, nullable=False),
        sa.Column("from_id", Id, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(length=20), nullable=False),
        sa.Column("data", Json, nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("taken_at", Moment, nullable=True),
        sa.Column("try_at", Moment, nullable=True),
        sa.ForeignKeyConstraint(["from_id"], ["cases.id"], name=op.f("fk_letters_from_id_cases")),
        sa.ForeignKeyConstraint(["to_id"], ["cases.id"], name=op.f("fk_letters_to_id_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letters")),
        sa.UniqueConstraint(
            "from_id", "to_id", "topic", "seq", name=op.f("uq_letters_from_id_to_id_topic_seq")
        ),
    )
    with op.batch_alter_table("letters", schema=None) as batch_op:
        batch_op.create_index(
            "ix_letters_waiting",
            ["id"],
            unique=False,
            sqlite_where=sa.text("taken_at IS NULL"),
            postgresql_where=sa.text("taken_at IS NULL"),
        )


def _materials() -> None:
    op.create_table(
        "materials",
        sa.Column("id", Id, nullable=False),
        sa.Column("case_id", Id, nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("standing", sa.String(length=10), nullable=False),
        sa.Column("file_id", Id, nullable=True),
        sa.Column("remark", sa.String(length=500), server_default="", nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.CheckConstraint(
            "standing IN ('received', 'shared', 'issued', 'promised', 'awaited', 'rejected', 'missing')",
            name=op.f("ck_materials_standing"),
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_materials_case_id_cases")),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name=op.f("fk_materials_file_id_files")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_materials")),
        sa.UniqueConstraint("case_id", "code", name=op.f("uq_materials_case_id_code")),
    )
    with op.batch_alter_table("materials", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_materials_file_id"), ["file_id"], unique=False)


def _pauses() -> None:
    op.create_table(
        "pauses",
        sa.Column("id", Id, nullable=False),
        sa.Column("case_id", Id, nullable=False),
        sa.Column("clock", sa.String(length=20), nullable=False),
        sa.Column("ground", sa.String(length=40), nullable=False),
        sa.Column("notice", sa.String(length=500), server_default="", nullable=False),
        sa.Column("start", Moment, nullable=False),
        sa.Column("stop", Moment, nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_pauses_case_id_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pauses")),
    )
    with op.batch_alter_table("pauses", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_pauses_case_id"), ["case_id"], unique=False)


def _tasks() -> None:
    op.create_table(
        "tasks",
        sa.Column("id", Id, nullable=False),
        sa.Column("case_id", Id, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("node", sa.String(length=100), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("stage", sa.String(length=20), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("org_id", Id, nullable=False),
        sa.Column("limit_text", sa.String(length=30), nullable=True),
        sa.Column("opened_at", Moment, nullable=False),
        sa.Column("due_at", Moment, nullable=False),
        sa.Column("paused_at", Moment, nullable=True),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.Column("assignee_id", Id, nullable=True),
        sa.Column("claimed_at", Moment, nullable=True),
        sa.Column("closed_at", Moment, nullable=True),
        sa.Column("closed_by", Id, nullable=True),
        sa.Column("outcome", sa.String(length=30), nullable=True),
        sa.Column("opinion", sa.String(length=2000), server_default="", nullable=False),
        sa.Column("rev", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["assignee_id"], ["users.id"], name=op.f("fk_tasks_assignee_id_users")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_tasks_case_id_cases")),
        sa.ForeignKeyConstraint(["closed_by"], ["users.id"], name=op.f("fk_tasks_closed_by_users")),
        sa.ForeignKeyConstraint(["org_id"], ["orgs.id"], name=op.f("fk_tasks_org_id_orgs")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tasks")),
        sa.UniqueConstraint("case_id", "key", name=op.f("uq_tasks_case_id_key")),
    )
    with op.batch_alter_table("tasks", schema=None) as batch_op:
        batch_op.create_index(
            "ix_tasks_done",
            ["closed_by", "closed_at"],
            unique=False,
            sqlite_where=sa.text("closed_at IS NOT NULL"),
            postgresql_where=sa.text("closed_at IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_tasks_inbox",
            ["org_id", "role", "due_at", "id"],
            unique=False,
            sqlite_where=sa.text("closed_at IS NULL AND NOT held"),
            postgresql_where=sa.text("closed_at IS NULL AND NOT held"),
        )
        batch_op.create_index(
            "ix_tasks_mine",
            ["assignee_id", "due_at", "id"],
            unique=False,
            sqlite_where=sa.text("closed_at IS NULL AND NOT held"),
            postgresql_where=sa.text("closed_at IS NULL AND NOT held"),
        )
