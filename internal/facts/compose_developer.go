package facts

import (
	"path"
	"strings"
)

var (
	sourceFolder = lazily(`^(\.|\.\.|\$PWD|\$\{PWD\})/?$|^\.{1,2}/(\.\./)*(src|app|api|web|backend|frontend|client|server|code)?/?$`)
	stageForDev  = lazily(`(?i)(^|[-_])(dev|devel|develop|development|debug|test|tests|local)([-_]|$)`)
	settingFor   = lazily(`(?i)(^|_)(env|environment|stage|mode|profile|profiles|profiles_active)$`)
	developerEnv = lazily(`(?i)^(dev|develop|development|debug|local|localhost|test|testing)$`)
	debugging    = lazily(`(?i)(^|_)debug$`)
	reloading    = lazily(`--reload\b|--watch\b|\b(runserver|nodemon|webpack-dev-server|bootRun|livereload)\b|\brails s(erver)?\b|\b(npm|yarn|pnpm)( run)? (dev|watch|start:dev)\b|\bflask\b.*\brun\b`)
	runsTests    = lazily(`\b(pytest|rspec|phpunit|jest|vitest|mocha|tox|nox|locust|k6|newman|behave)\b|\b(cargo|go|dotnet|mix|lein|bundle exec rake) test\b|\b(npm|yarn|pnpm|make)( run)? test|manage\.py test\b|\b(mvn|gradle|mvnw|gradlew)\b.*\b(test|verify|check)\b`)
	devTool      = lazily(`^(localstack|mailhog|maildev|mailpit|mailcatcher|mailtrap|wiremock|azurite|adminer|phpmyadmin|pgadmin4|mongo-express|redis-commander|redisinsight|mockserver|toxiproxy|stripe-mock|fake-gcs-server|dynamodb-local|selenium|standalone-chrome|standalone-chromium|standalone-firefox|playwright)$`)
)

// forDevelopers tells of a service that it works on the source that lies on
// the machine, is set up for development, runs tests, or stands in for what
// others run.
func forDevelopers(v Value) bool {
	for _, volume := range v.Get("volumes").Items {
		from, _, _ := strings.Cut(volume.Text, ":")
		if volume.Kind == Map {
			from = volume.Get("source").Text
		}
		if sourceFolder().MatchString(from) {
			return true
		}
	}
	for _, f := range v.Get("environment").Fields {
		for _, word := range strings.Split(f.Value.Text, ",") {
			if settingFor().MatchString(f.Key) && developerEnv().MatchString(strings.TrimSpace(word)) {
				return true
			}
		}
		if debugging().MatchString(f.Key) && (strings.EqualFold(f.Value.Text, "true") || f.Value.Text == "1") {
			return true
		}
	}
	command := words(v.Get("entrypoint")) + words(v.Get("command"))
	return v.Get("develop").Kind == Map || stageForDev().MatchString(v.Get("build").Get("target").Text) ||
		reloading().MatchString(command) || runsTests().MatchString(command) || devTool().MatchString(path.Base(serviceImage(v)))
}

// words are a command's, whether it is written as text or as a list.
func words(command Value) string {
	text := command.Text + " "
	for _, word := range command.Items {
		text += word.Text + " "
	}
	return text
}
