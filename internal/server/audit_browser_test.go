//go:build browser

package server_test

import (
	"context"
	_ "embed"

	"github.com/chromedp/chromedp"
)

// check runs the accessibility checker, which a page is given once.
func check(ctx context.Context, scheme string) ([]string, error) {
	given, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`"axe" in window`))
	if err != nil {
		return nil, err
	}
	if !given {
		if _, err := chromedp.Run(ctx, chromedp.Evaluate[bool](axe+"; true")); err != nil {
			return nil, err
		}
	}
	return chromedp.Run(ctx, chromedp.Evaluate[[]string](map[string]string{"light": axeLight, "dark": axeDark}[scheme], chromedp.EvalAwaitPromise))
}

// axe is the accessibility checker of Deque (npm axe-core, MPL 2.0), unchanged.
//
//go:embed testdata/axe.min.js
var axe string

// axeLight and axeDark are what it finds to be wrong, whatever its weight; it
// needn't make up selectors of elements, nor a report of what is right. In the
// dark nothing is another than in the light but colours, which the audit makes
// sure of: there, of elements that are the same but for their words, in the same
// surroundings, the first shows the colours of all.
const (
	axeLight = `axe.run({
  runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"], resultTypes: ["violations"], selectors: false,
})` + axeTold
	axeDark = `(() => {
  const words = new Set(["href", "id", "title", "datetime", "for", "name", "value", "action", "aria-label", "aria-labelledby", "aria-describedby",
    "d", "x", "y", "cx", "cy", "x1", "x2", "y1", "y2", "r", "width", "height", "points", "transform"]);
  const own = e => e.tagName + [...e.attributes].filter(a => !words.has(a.name)).map(a => " " + a.name + "=" + a.value).join("") +
    ([...e.childNodes].some(n => n.nodeType === Node.TEXT_NODE && n.data.trim()) ? "…" : "");
  const shape = e => own(e) + "(" + [...e.children].map(shape).join() + ")";
  const around = e => e ? around(e.parentElement) + ">" + own(e) : "";
  const seen = new Set(), exclude = [];
  for (const e of document.querySelectorAll("tr, td, li, dt, dd")) {
    if (exclude.some(x => x.contains(e))) continue;
    const s = around(e.parentElement) + ">" + shape(e);
    if (seen.has(s)) exclude.push(e); else seen.add(s);
  }
  return axe.run({exclude}, {runOnly: {type: "rule", values: ["color-contrast", "link-in-text-block"]}, resultTypes: ["violations"], selectors: false});
})()` + axeTold
	axeTold = `.then(r =>
  r.violations.flatMap(v => v.nodes.slice(0, 3).map(n => "axe: " + v.impact + ": " + v.help + ": " + n.html.slice(0, 120) + " " + (n.any[0] || {}).message)))`
)

// audit looks for what the checker does not: doubled ids, drawings without
// words, pages wider than the screen, which has to be there: of some width and
// colour scheme.
const audit = `(async (width, scheme) => {
  while (innerWidth !== width || !matchMedia("(prefers-color-scheme: " + scheme + ")").matches) await new Promise(done => setTimeout(done, 5));
  const faults = [], seen = new Set();
  const name = e => e.outerHTML.slice(0, 100);
  for (const e of document.querySelectorAll("[id]")) {
    if (seen.has(e.id)) faults.push("id twice: " + e.id);
    seen.add(e.id);
  }
  for (const e of document.querySelectorAll("svg:not([aria-hidden])"))
    if (e.getAttribute("role") !== "img" || !(e.getAttribute("aria-label") || e.getAttribute("aria-labelledby"))) faults.push("drawing without words: " + name(e));
  for (const e of document.querySelectorAll("[aria-labelledby]"))
    for (const id of e.getAttribute("aria-labelledby").split(/\s+/)) if (!document.getElementById(id)) faults.push("label missing: " + id);
  for (const e of document.querySelectorAll("th:not([scope])")) faults.push("heading cell without scope: " + name(e));
  for (const e of document.querySelectorAll("[style], style, script:not([src])")) faults.push("inline style or script: " + name(e));
  for (const e of document.querySelectorAll("[href*=ZgotmplZ], [src*=ZgotmplZ]")) faults.push("filtered address: " + name(e));
  for (const sheet of document.styleSheets) for (const media of sheet.cssRules)
    if (media.conditionText?.includes("prefers-color-scheme")) for (const rule of media.cssRules)
      if (rule.selectorText !== ":root" || [...rule.style].some(name => !name.startsWith("--") && name !== "color-scheme"))
        faults.push("more than colours differs in the dark: " + rule.cssText.slice(0, 100));
  if (document.querySelectorAll("main").length !== 1) faults.push("not one main");
  if (document.querySelectorAll("h1").length !== 1) faults.push("not one h1");
  if (!document.documentElement.lang || !document.title) faults.push("no language or title");
  let level = 0;
  for (const e of document.querySelectorAll("h1, h2, h3, h4")) {
    const n = +e.tagName[1];
    if (n > level + 1) faults.push("heading level jumps to " + n + ": " + e.textContent);
    level = n;
  }
  if (document.documentElement.scrollWidth > innerWidth + 1) faults.push("page is wider than the screen by " + (document.documentElement.scrollWidth - innerWidth));
  return faults;
})(%d, %q)`
