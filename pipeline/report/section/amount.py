"""How much contact there was, by week and by day."""

from __future__ import annotations

from datetime import timedelta

from parsers.contract import IN, OUT
from pipeline.analysis.contact import Scope
from pipeline.analysis.gaps import Gaps
from pipeline.analysis.periods import Periods
from pipeline.analysis.result import Cell, Table
from pipeline.analysis.volume import Volume
from pipeline.analysis.wording import NOT_GIVEN, day_words, many, rows
from pipeline.report import figures
from pipeline.report.section import Figure, Section, Setting, caption


def amount(setting: Setting, volume: Volume, periods: Periods, gaps: Gaps) -> Section:
    """The section on items, sessions and days, by week and by day."""
    result, about = volume.result, setting.scope
    channel_table, *week_tables = result.tables
    drawn: list[Figure] = []
    if len(volume.weeks):
        total = int(volume.weeks["in_items"].sum()), int(volume.weeks["out_items"].sum())
        words = f"{many(total[0], 'item')} came in from {about.words} and {total[1]:,} went out"
        drawn = [
            Figure(
                "by-week",
                f"Items per week with {about.words}, by channel and direction",
                caption(
                    setting,
                    f"Messages, calls, emails and voicemails; {words}",
                    "weeks from Monday, weeks without any included",
                ),
                f"Two bar charts on one time axis, on the same scale: items per week that came in and that went out. {words}. The weeks are in the table below.",
                figures.by_week(volume, about, setting.case.key_dates),
            ),
            Figure(
                "by-day",
                f"Items per day with {about.words}, by direction",
                caption(setting, f"Messages, calls, emails and voicemails; {words}", "days from midnight"),
                f"Two bar charts on one time axis, on the same scale: items per day that came in and that went out. {words}.",
                figures.by_day(volume, about, setting.case.key_dates),
            ),
        ]
    return Section(
        "volume",
        "How much contact, and when",
        "",
        (*result.facts, *gaps.result.facts),
        tuple(drawn),
        (
            *week_tables,
            *([*_channel_tables(volume, about), _day_table(volume, about), *periods.result.tables] if drawn else []),
            *gaps.result.tables,
        ),
        (channel_table,),
        (*result.caveats, *periods.result.caveats),
    )


def _channel_tables(volume: Volume, about: Scope) -> list[Table]:
    """The numbers of the figure of weeks: items by week and channel, those that came in and those that went out."""
    counts = volume.week_channels.astype({"channel": str, "direction": str})
    tables = []
    for direction, words in ((IN, "in from"), (OUT, "out to")):
        of_direction = counts[counts["direction"] == direction]
        channels = sorted(of_direction["channel"].unique())
        items = {
            (week.date(), channel): int(count)
            for week, channel, count in zip(
                of_direction["week"], of_direction["channel"], of_direction["items"], strict=True
            )
        }
        lines: list[tuple[Cell, ...]] = []
        for start in sorted({week for week, _ in items}):
            span = {"start": start, "end": start + timedelta(days=6)}
            counted = (
                rows(items.get((start, channel), 0), about.items(direction, channels=(channel,), **span))
                for channel in channels
            )
            lines.append((day_words(start), *counted))
        if lines:
            tables.append(
                Table(
                    f"Items {words} {about.words}, by week and channel; weeks without an item are left out",
                    ("Week beginning", *(channel or NOT_GIVEN for channel in channels)),
                    tuple(lines),
                )
            )
    return tables


def _day_table(volume: Volume, about: Scope) -> Table:
    """The numbers of the figure of days."""
    days = volume.days
    there = days[(days["in_items"] > 0) | (days["out_items"] > 0)]
    lines: list[tuple[Cell, ...]] = []
    for when, came_in, went_out in zip(there["day"], there["in_items"], there["out_items"], strict=True):
        day = when.date()
        counts = ((came_in, IN), (went_out, OUT))
        lines.append(
            (
                day_words(day),
                *(rows(int(count), about.items(direction, start=day, end=day)) for count, direction in counts),
            )
        )
    return Table(
        f"Contact with {about.words}, by day; days without an item are left out",
        ("Day", "Items in", "Items out"),
        tuple(lines),
    )
