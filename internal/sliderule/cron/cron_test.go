package cron_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/cron"
)

func TestExpressionsThatAutoScalingTakes(t *testing.T) {
	for _, expression := range []string{
		"* * * * *", "0 20 * * 1-5", "30 6 * * 2", "0 0 1 1 0", "59 23 31 12 7", "*/5 * * * *", "0-30/10 8-18/2 * * *", "0 6,18 1,15 * *",
		"0 6 * JAN-MAR,dec mon-FRI", "0 6 * * Sun", "0 0 29 2 *", "0 0 31 1,2 *", "0 0 31 2 MON", "00 06 * * *", "1,2-4,*/20 * * * *",
	} {
		if err := cron.Check(expression); err != nil {
			t.Error(err)
		}
	}
}

func TestExpressionsThatAreRefused(t *testing.T) {
	for expression, want := range map[string]string{
		"":                     "single spaces",
		"0 20 * *":             "it has 4 fields, and five are needed. Write minute",
		"0 20 * * * *":         "it has 6 fields",
		"0  20 * * *":          "single spaces",
		" 0 20 * * *":          "single spaces",
		"0 20 * * *\n":         "single spaces",
		"0 20 * *\t1":          "single spaces",
		"@daily":               "five plain fields",
		"cron(0 20 * * ? *)":   "five plain fields",
		"rate(1 hour)":         "five plain fields",
		"60 20 * * *":          `the minute "60" is not from 0 to 59. Write a number in that range, a list such as 1,15, or *`,
		"0 24 * * *":           `the hour "24" is not from 0 to 23`,
		"0 20 0 * *":           `the day of month "0" is not from 1 to 31`,
		"0 20 32 * *":          `the day of month "32"`,
		"0 20 * 0 *":           `the month "0" is not from 1 to 12 or JAN to DEC`,
		"0 20 * 13 *":          `the month "13"`,
		"0 20 * * 8":           `the day of week "8" is not from 0 to 7 or SUN to SAT. Write a number in that range, a list such as MON,WED`,
		"0 20 * * monday":      `the day of week "monday"`,
		"0 jan * * *":          `the hour "jan"`,
		"0 20 * feb-xyz *":     `the month "feb-xyz" ends with what is not`,
		"0 20 ? * *":           "Write * for any",
		"0 20 L * *":           `the day of month "L"`,
		"0 20 15W * *":         "no L, W or #",
		"0 20 * * 5L":          "no L, W or #",
		"0 20 * * 2#1":         "no L, W or #",
		"0 22-6 * * *":         `the hour "22-6" is a range that runs backwards. Write it in two: 22-23,0-6`,
		"0 20 * * fri-mon":     "Write it in two: fri-6,0-mon",
		"0 20 * NOV-FEB *":     "Write it in two: NOV-12,1-FEB",
		"*/0 20 * * *":         "a step that is not from 1 to 59",
		"*/60 20 * * *":        "a step that is not",
		"*/-5 20 * * *":        "a step that is not",
		"*/ 20 * * *":          "a step that is not",
		"*/5/5 20 * * *":       "a step that is not",
		"5/15 20 * * *":        "has a step without a range. Write 5-59/15, or */15",
		"-1 20 * * *":          "is not from 0 to 59",
		"+1 20 * * *":          "is not from 0 to 59",
		"1, 20 * * *":          "is not from 0 to 59",
		"1,,2 20 * * *":        "is not from 0 to 59",
		"1-2-3 20 * * *":       "ends with what is not",
		"** 20 * * *":          "Let * stand alone",
		"1e1 20 * * *":         "is not from 0 to 59",
		"99999999999 20 * * *": "is not from 0 to 59",
		"0 20 30 2 *":          `the day of month "30" never comes in month "2"`,
		"0 20 31 4,6,9,11 *":   "never comes",
		"0 20 30-31 FEB *":     "never comes",
	} {
		err := cron.Check(expression)
		var told *cron.Error
		if !errors.As(err, &told) || !strings.Contains(err.Error(), want) || told.Remedy == "" || told.Expression != expression {
			t.Errorf("%q: got %v, want %s", expression, err, want)
		}
	}
}

// A hostile expression is shown escaped, and not without end.
func TestAnExpressionIsShownShort(t *testing.T) {
	err := cron.Check("0 20 * * " + strings.Repeat("x\x1b", 5000))
	if err == nil || len(err.Error()) > 600 || strings.Contains(err.Error(), "\x1b") {
		t.Errorf("got %v", err)
	}
}
