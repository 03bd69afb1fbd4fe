import assert from "node:assert/strict";
import { test } from "node:test";
import { periodText, weeks } from "../../explorer/dashboard/frontend/daily.js";

/** @param {number} year @param {number} month */
function daysOf(year, month) {
  const last = new Date(Date.UTC(year, month, 0)).getUTCDate();
  return Array.from({ length: last }, (_, day) => ({
    day: new Date(Date.UTC(year, month - 1, day + 1)).toISOString().slice(0, 10),
  }));
}

test("each day stands under its weekday", () => {
  for (let number = 1; number <= 12; number += 1) {
    const days = daysOf(2026, number);
    const rows = weeks(days);
    assert.deepEqual(rows.flat().filter(Boolean), days);
    rows.forEach((row) => {
      assert.equal(row.length, 7);
      row.forEach((day, place) => {
        if (day) assert.equal((new Date(`${day.day}T12:00:00Z`).getUTCDay() + 6) % 7, place);
      });
      assert.ok(row.some(Boolean));
    });
  }
  assert.deepEqual(weeks([]), []);
});

test("periods in words", () => {
  assert.equal(periodText("2026-06-02"), "2 June 2026");
  assert.equal(periodText("2026-W04"), "Week 4 of 2026");
  assert.equal(periodText("2026-12"), "December 2026");
});
