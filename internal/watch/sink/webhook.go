package sink

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/cleannet/cleannet/internal/watch"
)

// Webhook returns a queue that posts each change as JSON to a web address.
// Events stay at home: they are about the watcher.
func Webhook(address string) (*Queue, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("webhook %q is no web address: write for example https://alerts.example.org/cleannet", address)
	}
	client := &http.Client{Timeout: 10 * time.Second}
	return newQueue("webhook", func(ctx context.Context, m *watch.Message) error {
		if m.Change == nil {
			return nil
		}
		body, err := json.Marshal(m)
		if err != nil {
			return err
		}
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
		if err != nil {
			return err
		}
		req.Header.Set("Content-Type", "application/json")
		resp, err := client.Do(req)
		if err != nil {
			return err
		}
		defer resp.Body.Close() //nolint:errcheck // read only to use the connection again
		_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 1<<16))
		if resp.StatusCode/100 != 2 {
			return fmt.Errorf("webhook answers %s", resp.Status)
		}
		return nil
	}), nil
}
