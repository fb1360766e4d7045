package facts

// readZalando reads delivery.yaml, the pipeline of Zalando's delivery
// platform; whatever else goes by that name gives nothing. Steps of the type
// process run what the platform has ready under that name.
func readZalando(top Value) []ciStep {
	if top.Get("version").Kind == Absent {
		return nil
	}
	var out []ciStep
	for _, v := range top.Get("pipeline").Items {
		runs := droneWhen([]situation{onDefault, onPull}, v.Get("when"))
		if v.Get("id").Kind != String || len(runs) == 0 {
			continue
		}
		s := ciStep{job: v.Get("id").Text, when: triggerClasses(runs), start: v.Start, end: v.End}
		s.set("env", v.Get("env"))
		switch v.Get("type").Text {
		case "script":
			s.set("image", firstOf(v.Get("image"), v.Get("overlay")))
			for _, c := range v.Get("commands").Items {
				s.commands = append(s.commands, scriptLines(firstOf(c.Get("cmd"), c), "", false)...)
			}
		case "process":
			s.uses, s.with = v.Get("process").Text, v.Get("config")
			s.set("environment", v.Get("target"))
		}
		if s.uses != "" || len(s.commands) > 0 {
			out = append(out, s)
		}
	}
	return out
}
