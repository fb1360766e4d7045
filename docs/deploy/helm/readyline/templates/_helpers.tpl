{{- define "readyline.labels" -}}
app.kubernetes.io/name: readyline
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "readyline.env" -}}
- name: READYLINE_PUBLIC_URL
  value: {{ .Values.publicUrl | quote }}
- name: READYLINE_GITHUB_URL
  value: {{ .Values.github.url | quote }}
- name: READYLINE_GITHUB_API_URL
  value: {{ .Values.github.apiUrl | quote }}
- name: READYLINE_METRICS_LISTEN
  value: 0.0.0.0:9090
- name: READYLINE_LOG_LEVEL
  value: {{ .Values.log.level | quote }}
- name: READYLINE_DATABASE_URL_FILE
  value: /secrets/database-url
- name: READYLINE_KEY_FILE
  value: /secrets/key
{{- if .Values.appFromSecret }}
- name: READYLINE_GITHUB_APP_ID_FILE
  value: /secrets/app-id
- name: READYLINE_GITHUB_PRIVATE_KEY_FILE
  value: /secrets/private-key
- name: READYLINE_GITHUB_WEBHOOK_SECRET_FILE
  value: /secrets/webhook-secret
- name: READYLINE_GITHUB_CLIENT_ID_FILE
  value: /secrets/client-id
- name: READYLINE_GITHUB_CLIENT_SECRET_FILE
  value: /secrets/client-secret
{{- end }}
{{- with .Values.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end -}}
