{{- define "popvote.labels" -}}
app.kubernetes.io/name: popvote
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .name }}
{{- end }}
{{- define "popvote.claim" -}}
accessModes: [{{ .accessMode }}]
{{- with .storageClassName }}
storageClassName: {{ . }}
{{- end }}
resources: { requests: { storage: {{ .size }} } }
{{- end }}
{{- /* The addresses of all pods of a service with folders of their own, by the names of its headless service. */}}
{{- define "popvote.peers" -}}
{{- $name := .name }}
{{- $port := .service.ports.private.port }}
{{- range $index := until (int .service.replicas) }}
{{- if $index }},{{ end }}http://{{ $name }}-{{ $index }}.{{ $name }}-pods:{{ $port }}
{{- end }}
{{- end }}
{{- define "popvote.image" -}}
{{- with .Values.image }}
{{- if .digest }}{{ .repository }}@{{ .digest }}{{ else }}{{ .repository }}:{{ .tag | default $.Chart.AppVersion }}{{ end }}
{{- end }}
{{- end }}
{{- define "popvote.podSecurity" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
fsGroupChangePolicy: OnRootMismatch
seccompProfile: { type: RuntimeDefault }
{{- end }}
{{- define "popvote.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end }}
