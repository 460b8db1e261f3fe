package main

import (
	"context"
	"os"
)

// starts is how often the provider is started for its schema: a start is short, so that chance weighs more.
const starts = 11

// measureProvider looks at the provider by itself: how large it is, and how soon it has answered its schema.
func (s *stage) measureProvider(ctx context.Context, r *results) error {
	file, err := os.Stat(s.provider)
	if err != nil {
		return err
	}
	r.provider.bytes = file.Size()
	if _, _, err := s.askSchema(ctx); err != nil { // the first start reads the file from disk
		return err
	}
	for range starts {
		took, size, err := s.askSchema(ctx)
		if err != nil {
			return err
		}
		r.provider.schema = append(r.provider.schema, took.Seconds())
		r.provider.schemaBytes = size
	}
	progress("the provider alone: %s, its schema after %.0f ms", megabytes(r.provider.bytes), 1000*median(r.provider.schema))
	return nil
}
