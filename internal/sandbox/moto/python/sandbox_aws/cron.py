"""Recurrence, as crontab writes it: five fields in a time zone."""

import calendar
import datetime

_MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_abbr) if name}
_DAYS = {name: number for number, name in enumerate(("sun", "mon", "tue", "wed", "thu", "fri", "sat"))}
_FIELDS = ((0, 59, {}), (0, 23, {}), (1, 31, {}), (1, 12, _MONTHS), (0, 7, _DAYS))
_HORIZON = 366 * 8  # days: the 29th of February comes again within eight years


class Cron:
    """Raises ValueError for what crontab does not take."""

    def __init__(self, text):
        fields = text.split()
        if len(fields) != len(_FIELDS):
            raise ValueError("it must have five fields")
        self.minutes, self.hours, self.dates, self.months, days = (_numbers(f, *limits) for f, limits in zip(fields, _FIELDS))
        self.days = {day % 7 for day in days}  # 7 is Sunday too
        self.any_date, self.any_day = fields[2].startswith("*"), fields[4].startswith("*")

    def _on(self, date):
        """When both days are restricted, either will do."""
        if date.month not in self.months:
            return False
        of_month, of_week = date.day in self.dates, date.isoweekday() % 7 in self.days
        return of_month and of_week if self.any_date or self.any_day else of_month or of_week

    def after(self, moment, zone):
        """The first time after a moment, both in seconds since 1970; None: there is none."""
        first = datetime.datetime.fromtimestamp(moment, zone).date()
        for number in range(_HORIZON):
            date = first + datetime.timedelta(days=number)
            if not self._on(date):
                continue
            for hour in sorted(self.hours):
                for minute in sorted(self.minutes):
                    found = datetime.datetime.combine(date, datetime.time(hour, minute), zone).timestamp()
                    if found > moment:
                        return found
        return None


def _numbers(field, least, most, names):
    found = set()
    for part in field.split(","):
        span, slash, step = part.partition("/")
        if span == "*":
            first, last = least, most
        else:
            first, dash, last = span.partition("-")
            first = _number(first, names)
            last = _number(last, names) if dash else most if slash else first
        step = int(step) if slash else 1
        if not least <= first <= last <= most or step < 1:
            raise ValueError(f"{part} is out of range")
        found.update(range(first, last + 1, step))
    return found


def _number(text, names):
    return names[text.lower()] if text.lower() in names else int(text)
