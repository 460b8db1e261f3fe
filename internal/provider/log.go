package provider

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"strings"

	"github.com/aws/smithy-go/middleware"
	"github.com/databricks/databricks-sdk-go/logger"
	"github.com/hashicorp/terraform-plugin-log/tflog"
)

// logged tells TF_LOG of every remote call: method, path and status. Headers, queries and bodies may hold secrets.
type logged struct{ next http.RoundTripper }

// RoundTrip passes the request on.
func (l logged) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := l.next.RoundTrip(r)
	fields := map[string]any{"method": r.Method, "host": r.URL.Host, "path": r.URL.Path}
	if action := middleware.GetOperationName(r.Context()); action != "" { // AWS has one path for many
		fields["action"] = action
	}
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

// QuietUnlessAsked saves the work of logs that nobody reads: without a variable of TF_LOG's family the logging library
// writes every trace for Terraform to throw away, which is a sixth of the time of a large plan.
func QuietUnlessAsked() {
	for _, variable := range os.Environ() {
		if strings.HasPrefix(variable, "TF_LOG") {
			return
		}
	}
	for _, variable := range []string{"TF_LOG_SDK", "TF_LOG_PROVIDER"} {
		_ = os.Setenv(variable, "off") // a name without "=" cannot fail
	}
}
