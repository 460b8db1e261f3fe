package provider

import (
	"context"
	"fmt"
	"net/http"

	"github.com/databricks/databricks-sdk-go/logger"
	"github.com/hashicorp/terraform-plugin-log/tflog"
)

// logged tells TF_LOG of every remote call: method, path and status. Headers, queries and bodies may hold secrets.
type logged struct{ next http.RoundTripper }

// RoundTrip passes the request on.
func (l logged) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := l.next.RoundTrip(r)
	fields := map[string]any{"method": r.Method, "host": r.URL.Host, "path": r.URL.Path}
	switch {
	case err != nil:
		fields["error"] = err.Error()
	default:
		fields["status"] = resp.StatusCode
	}
	tflog.Debug(r.Context(), "remote call", fields)
	return resp, err
}

// sdkLogger takes what the Databricks SDK has to say at warning and above; its debug dumps hold request bodies.
type sdkLogger struct{}

var _ logger.Logger = sdkLogger{}

func (sdkLogger) Enabled(_ context.Context, level logger.Level) bool {
	return level >= logger.LevelWarn
}

func (sdkLogger) Tracef(context.Context, string, ...any) {}
func (sdkLogger) Debugf(context.Context, string, ...any) {}
func (sdkLogger) Infof(context.Context, string, ...any)  {}

func (sdkLogger) Warnf(ctx context.Context, format string, v ...any) {
	tflog.Warn(ctx, fmt.Sprintf(format, v...))
}

func (sdkLogger) Errorf(ctx context.Context, format string, v ...any) {
	tflog.Error(ctx, fmt.Sprintf(format, v...))
}
