import { instantOf, parseTime, wallOf } from "@lingtong/model";
import { useLocality } from "@lingtong/ui";
import { DatePicker } from "antd";
import dayjs, { type Dayjs } from "dayjs";
import "dayjs/locale/zh-cn";
import type { ReactElement } from "react";

interface RangeFieldProps {
  label: string;
  /** RFC 3339. */
  from: string;
  to: string;
  change: (from: string, to: string) => void;
}

/** A time from and to on the tenant's wall clock, by quarters of an hour. */
export function RangeField({ label, from, to, change }: RangeFieldProps): ReactElement {
  const { timeZone } = useLocality();
  const shown = (at: string): Dayjs | null => {
    if (at === "") return null;
    const wall = new Date(wallOf(timeZone, parseTime(at)));
    return dayjs(new Date(wall.getTime() + wall.getTimezoneOffset() * 60_000));
  };
  const picked = (day: Dayjs): string =>
    new Date(instantOf(timeZone, Date.UTC(day.year(), day.month(), day.date(), day.hour(), day.minute()))).toISOString();
  return (
    <DatePicker.RangePicker
      showTime={{ format: "HH:mm", minuteStep: 15 }}
      format="YYYY-MM-DD HH:mm"
      allowClear={false}
      aria-label={label}
      value={[shown(from), shown(to)]}
      onChange={(range) => {
        const [first, last] = [range?.[0], range?.[1]];
        if (first && last) change(picked(first), picked(last));
      }}
    />
  );
}
