package tracing

import (
	"net/url"
	"strconv"
	"strings"
)

// endpoint is where traces go, and the variable that says so. The one for
// traces alone wins, as the standard has it.
func endpoint(getenv func(string) string) (variable, value string) {
	for _, v := range []string{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"} {
		if x := strings.TrimSpace(getenv(v)); x != "" {
			return v, x
		}
	}
	return "", ""
}

// wanted tells whether there is a collector, and nobody switched it off.
func wanted(getenv func(string) string) bool {
	_, to := endpoint(getenv)
	return to != "" && !strings.EqualFold(getenv("OTEL_SDK_DISABLED"), "true") && !strings.EqualFold(getenv("OTEL_TRACES_EXPORTER"), "none")
}

// Faults are what is wrong with the variables, one line each. Without a
// collector none of them matters.
func Faults(getenv func(string) string) []string {
	if !wanted(getenv) {
		return nil
	}
	var out []string
	v, to := endpoint(getenv)
	if u, err := url.Parse(to); err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		out = append(out, v+": not a URL like http://127.0.0.1:4318")
	}
	for _, v := range []string{"OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL"} {
		if p := getenv(v); p != "" {
			if p != "http/protobuf" {
				out = append(out, v+": "+strconv.Quote(p)+" is not spoken; http/protobuf is, to port 4318 of most collectors")
			}
			break
		}
	}
	return append(out, samplerFaults(getenv)...)
}

func samplerFaults(getenv func(string) string) []string {
	sampler := strings.ToLower(strings.TrimSpace(getenv("OTEL_TRACES_SAMPLER")))
	switch sampler {
	case "", "always_on", "always_off", "parentbased_always_on", "parentbased_always_off":
		return nil
	case "traceidratio", "parentbased_traceidratio":
		share := strings.TrimSpace(getenv("OTEL_TRACES_SAMPLER_ARG"))
		if x, err := strconv.ParseFloat(share, 64); share != "" && (err != nil || x < 0 || x > 1) {
			return []string{"OTEL_TRACES_SAMPLER_ARG: " + strconv.Quote(share) + " is not a share from 0 to 1"}
		}
		return nil
	}
	return []string{"OTEL_TRACES_SAMPLER: " + strconv.Quote(sampler) + " is none of always_on, always_off, traceidratio, or one of these after parentbased_"}
}
