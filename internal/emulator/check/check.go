// Package check holds the emulator's requests and answers against GitHub's own
// description of its API. Only tests import it: the description and the
// libraries that read it cost every process that carries them 7 ms at its start.
package check

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"

	"github.com/readyline/readyline/internal/emulator/openapi"
)

// A Violation is one disagreement with GitHub's own description of its API.
type Violation struct {
	Method string // as sent
	Path   string // as sent, with the query
	What   string // starts with "request:" or "response NNN:"
}

func (v Violation) String() string { return v.Method + " " + v.Path + ": " + v.What }

// A Checker holds requests to /api/v3, and the answers to them, against
// GitHub's published OpenAPI description.
type Checker struct {
	router routers.Router
	report func(Violation)
}

// New loads the description, once in a process (about 0.1 s). report is called
// once for each request and each response at fault, from the goroutine that
// serves it, so it has to stand being called by several at once.
func New(report func(Violation)) (*Checker, error) {
	router, err := described()
	if err != nil {
		return nil, err
	}
	return &Checker{router: router, report: report}, nil
}

// described is GitHub's description, which nothing changes once it is read.
var described = sync.OnceValues(func() (routers.Router, error) {
	data, err := openapi.Description()
	if err != nil {
		return nil, err
	}
	// The document is not validated itself: GitHub's own would not pass.
	doc, err := openapi3.NewLoader().LoadFromData(data)
	if err != nil {
		return nil, fmt.Errorf("load GitHub's API description: %w", err)
	}
	router, err := gorillamux.NewRouter(doc)
	if err != nil {
		return nil, fmt.Errorf("route GitHub's API description: %w", err)
	}
	return router, nil
})

// Middleware checks what passes through, and changes none of it. Requests
// outside /api/v3 are left alone.
func (c *Checker) Middleware(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, "/api/v3/") || undescribed(r) {
			next.ServeHTTP(w, r)
			return
		}
		body, err := io.ReadAll(r.Body)
		if err != nil {
			c.fault(r, fmt.Sprintf("request: read body: %v", err))
			body = nil
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		input := c.request(r, body)
		rec := &recorder{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(rec, r)
		if input != nil {
			c.response(r, input, rec)
		}
	})
}

// undescribed reports whether GitHub answers this request though its description
// does not have it: repositories by id, which is also where its redirects for
// renamed and transferred repositories lead.
func undescribed(r *http.Request) bool {
	return strings.HasPrefix(r.URL.Path, "/api/v3/repositories/")
}

// Described tells whether the description knows the request's operation: nil
// when it does.
func (c *Checker) Described(r *http.Request) error {
	_, _, err := c.router.FindRoute(r)
	return err
}

// request checks the request and returns what checking the response needs, or
// nil where the description knows no such operation.
func (c *Checker) request(r *http.Request, body []byte) *openapi3filter.RequestValidationInput {
	clone := r.Clone(r.Context())
	clone.Body = io.NopCloser(bytes.NewReader(body))
	clone.ContentLength = int64(len(body))
	route, params, err := c.router.FindRoute(clone)
	if err != nil {
		c.fault(r, "request: no such operation in the description: "+err.Error())
		return nil
	}
	input := &openapi3filter.RequestValidationInput{
		Request: clone, PathParams: params, Route: route, Options: options(),
	}
	if err := openapi3filter.ValidateRequest(r.Context(), input); err != nil {
		c.fault(r, "request: "+err.Error())
	}
	return input
}

func (c *Checker) response(r *http.Request, input *openapi3filter.RequestValidationInput, rec *recorder) {
	declared := input.Route.Operation.Responses.Status(rec.status) != nil
	if !declared && anywhere(rec.status) {
		if what := errorBody(rec); what != "" {
			c.fault(r, fmt.Sprintf("response %d: %s", rec.status, what))
		}
		return
	}
	opts := options()
	// The raw and diff media types are described in prose only.
	opts.ExcludeResponseBody = strings.HasPrefix(rec.Header().Get("Content-Type"), "application/vnd.github.") &&
		!strings.Contains(rec.Header().Get("Content-Type"), "json")
	out := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: input, Status: rec.status, Header: rec.Header(), Options: opts,
	}
	out.SetBodyBytes(rec.body.Bytes())
	if err := openapi3filter.ValidateResponse(r.Context(), out); err != nil {
		c.fault(r, fmt.Sprintf("response %d: %v", rec.status, err))
	}
}

func (c *Checker) fault(r *http.Request, what string) {
	const longest = 1500 // a failed oneOf tells every branch
	if len(what) > longest {
		what = what[:longest] + "…"
	}
	c.report(Violation{Method: r.Method, Path: r.URL.RequestURI(), What: what})
}

// anywhere reports whether GitHub may answer any operation with this status,
// declared or not: redirects of renamed repositories, "not modified", missing
// or insufficient credentials, what the caller may not see, limits, outages.
func anywhere(status int) bool {
	switch status {
	case http.StatusMovedPermanently, http.StatusNotModified, http.StatusTemporaryRedirect,
		http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusTooManyRequests:
		return true
	}
	return status >= 500
}

// errorBody says what is wrong with an error's body where the operation does
// not describe it: below 500, GitHub always sends an object with a message.
func errorBody(rec *recorder) string {
	if rec.status < 400 || rec.status >= 500 {
		return ""
	}
	var body struct{ Message *string }
	if err := json.Unmarshal(rec.body.Bytes(), &body); err != nil {
		return "error body: " + err.Error()
	}
	if body.Message == nil {
		return "error body has no message"
	}
	return ""
}

func options() *openapi3filter.Options {
	opts := &openapi3filter.Options{
		IncludeResponseStatus: true,
		MultiError:            true,
		SkipSettingDefaults:   true,
		AuthenticationFunc:    openapi3filter.NoopAuthenticationFunc,
	}
	opts.WithCustomSchemaErrorFunc(explain)
	return opts
}

// explain says where and why in one line, without the schema and the value.
func explain(err *openapi3.SchemaError) string {
	text := "/" + strings.Join(err.JSONPointer(), "/") + ": " + err.Reason
	if err.Origin != nil {
		text += " (" + err.Origin.Error() + ")"
	}
	return text
}

// recorder keeps a copy of what it passes on.
type recorder struct {
	http.ResponseWriter
	status int
	wrote  bool
	body   bytes.Buffer
}

func (r *recorder) WriteHeader(status int) {
	if !r.wrote {
		r.status, r.wrote = status, true
	}
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(p []byte) (int, error) {
	r.wrote = true
	r.body.Write(p)
	return r.ResponseWriter.Write(p)
}

// Unwrap lets http.ResponseController reach the connection.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }
