package facts

import "testing"

func TestAccountOf(t *testing.T) {
	given := func(key, value string) Value {
		return Value{Kind: Map, Fields: []Field{{key, Str(value)}}}
	}
	env := given("PROJECT", "shop-prod-1")
	for _, c := range []struct{ uses, key, value, account, of string }{
		{"aws-actions/configure-aws-credentials", "role-to-assume", "arn:aws:iam::412345678901:role/deploy", "412345678901", ""},
		{"aws-actions/configure-aws-credentials", "role-to-assume", "arn:aws:iam::${{ secrets.PROD_ACCOUNT_ID }}:role/deploy", "prod_account_id", production},
		{"aws-actions/configure-aws-credentials", "role-to-assume", "${{ secrets.PROD_ROLE }}", "", ""},
		{"azure/login", "subscription-id", "${{ secrets.STAGING_SUBSCRIPTION_ID }}", "staging_subscription_id", staging},
		{"azure/login", "subscription-id", "${{ secrets.SUBSCRIPTION_ID }}", "", ""},
		{"azure/login", "subscription-id", "6c1f2a3b-0d4e-4f5a-8b6c-7d8e9f0a1b2c", "6c1f2a3b-0d4e-4f5a-8b6c-7d8e9f0a1b2c", ""},
		{"google-github-actions/auth", "service_account", "deploy@shop-stg.iam.gserviceaccount.com", "shop-stg", ""},
		{"google-github-actions/auth", "project_id", "${{ env.PROJECT }}", "shop-prod-1", ""},
		{"google-github-actions/auth", "project_id", "${{ env.OTHER }}", "", ""},
	} {
		if account, of := accountOf(c.uses, given(c.key, c.value), env); account != c.account || of != c.of {
			t.Errorf("%s of %s: %q of %q, want %q of %q", c.key, c.value, account, of, c.account, c.of)
		}
	}
}

func TestEnvironmentOfFile(t *testing.T) {
	for file, want := range map[string]string{
		".github/workflows/deploy-staging.yml":      staging,
		".github/workflows/prod_deploy_api.yaml":    production,
		".github/workflows/test-production.yml":     "",
		".github/workflows/deploy.yml":              "",
		".github/workflows/deploy-pre-prod-web.yml": staging,
	} {
		got := ""
		if of := environmentOfFile(file); len(of) > 0 {
			got = of[0]
		}
		if got != want {
			t.Errorf("%s: %q, want %q", file, got, want)
		}
	}
}
