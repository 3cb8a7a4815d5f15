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
{{- /* What is lost as a whole, such as a zone, never has all pods of a service, nor all disks of a key: a pod waits rather than
  break that. It is the first line of `spread`. With `minDomains` as many as the pods, no zone has more than `maxSkew` of them,
  however many zones there are. */}}
{{- define "popvote.apart" -}}
{{- $service := .service -}}
- topologyKey: {{ first .root.Values.spread }}
  whenUnsatisfiable: DoNotSchedule
  {{- with $service.ownFolders }}
  maxSkew: {{ .copies }}
  minDomains: {{ $service.replicas }}
  {{- else }}
  maxSkew: {{ sub $service.replicas 1 }}
  # Without the nodes of a lost zone, so that the others take its pods; each rollout by itself.
  nodeTaintsPolicy: Honor
  matchLabelKeys: [pod-template-hash]
  {{- end }}
  labelSelector:
    matchLabels: {{- include "popvote.labels" . | nindent 6 }}
{{- end }}
