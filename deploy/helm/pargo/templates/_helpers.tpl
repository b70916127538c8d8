{{- define "pargo.fullname" -}}
{{- if contains .Chart.Name .Release.Name }}{{ .Release.Name }}{{ else }}{{ .Release.Name }}-{{ .Chart.Name }}{{ end -}}
{{- end }}

{{/* The gateway and the stages by name, each with the defaults, its kind's values and its own, as YAML. */}}
{{- define "pargo.components" -}}
{{- $root := . -}}
{{- $components := dict -}}
{{- $own := dict "gateway" (mustMerge (dict "kind" "gateway") .Values.gateway) -}}
{{- range $name, $stage := .Values.stages -}}
{{- if eq $name "gateway" }}{{ fail "stages.gateway: this name is the gateway's" }}{{ end -}}
{{- if $stage }}{{ $_ := set $own $name $stage }}{{ end -}}
{{- end -}}
{{- range $name, $values := $own -}}
{{- $kind := index $root.Values.kinds $values.kind -}}
{{- $component := mustMergeOverwrite (deepCopy $root.Values.defaults) (deepCopy $kind) (deepCopy $values) -}}
{{- $_ := set $component "name" $name -}}
{{- $_ := set $component "fullname" (printf "%s-%s" (include "pargo.fullname" $root) $name) -}}
{{- $_ := set $component "module" (eq $values.kind "gateway" | ternary "gateway" (printf "%s-service" $values.kind)) -}}
{{- $_ := set $component "port" (index (dict "gateway" 8080 "encoder" 9091 "projector" 9092 "llm" 9093) $values.kind) -}}
{{- $_ := set $component "managementPort" (add $component.port 100) -}}
{{- $_ := set $components $name $component -}}
{{- end -}}
{{- toYaml $components -}}
{{- end }}

{{/* Labels of a component; takes a list of the root and the component. */}}
{{- define "pargo.labels" -}}
{{- $root := index . 0 -}}
helm.sh/chart: {{ $root.Chart.Name }}-{{ $root.Chart.Version }}
app.kubernetes.io/version: {{ $root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ $root.Release.Service }}
app.kubernetes.io/part-of: pargo
{{ include "pargo.selector" . }}
{{- end }}

{{- define "pargo.selector" -}}
{{- $root := index . 0 -}}
{{- $component := index . 1 -}}
app.kubernetes.io/name: {{ $root.Chart.Name }}
app.kubernetes.io/instance: {{ $root.Release.Name }}
app.kubernetes.io/component: {{ $component.kind }}
pargo.dev/stage: {{ $component.name }}
{{- end }}

{{- define "pargo.image" -}}
{{- $root := index . 0 -}}
{{- $image := $root.Values.image -}}
{{- with $image.registry }}{{ . }}/{{ end -}}
{{ $image.repository }}/{{ (index . 1).module }}:{{ $image.tag | default $root.Chart.AppVersion }}
{{- end }}

{{/* Bytes of a quantity such as 1Gi, 256Mi, 2G. */}}
{{- define "pargo.bytes" -}}
{{- $units := dict "Ki" 1024 "Mi" 1048576 "Gi" 1073741824 "k" 1000 "M" 1000000 "G" 1000000000 "" 1 -}}
{{- $number := regexFind "^[0-9.]+" (toString .) -}}
{{- mulf (float64 $number) (index $units (trimPrefix $number (toString .))) | int64 -}}
{{- end }}

{{/*
Memory of a container: what is given, or what the service checks before it loads: weights (with what packing them takes
besides), KV cache, heap, and 800 MB for libtorch, Java and activations. `auto` counts as what it may choose at most.
*/}}
{{- define "pargo.memory" -}}
{{- if .memory -}}
{{- .memory -}}
{{- else -}}
{{- if not .parameters }}{{ fail (printf "stages.%s.parameters: needed to compute its memory (./pargo inspect tells it), or give memory" .name) }}{{ end -}}
{{- $small := lt (float64 .parameters) 2.5e8 -}}
{{- $bytes := index (dict "float32" 4.0 "bfloat16" 2.0 "float16" 2.0 "int8" 1.1 "int4" 0.6 "auto" ($small | ternary 4.0 2.0)) .precision -}}
{{- $weights := mulf (float64 .parameters) $bytes 1.25 -}}
{{- $cache := include "pargo.bytes" (.kvCache | default 0) | int64 -}}
{{- $heap := include "pargo.bytes" .heap | int64 -}}
{{- divf (addf $weights $cache $heap 8e8) 1048576.0 | ceil | int64 -}}Mi
{{- end -}}
{{- end }}

{{- define "pargo.secret" -}}
{{- $root := index . 0 -}}
{{- $component := index . 1 -}}
{{- if eq $root.Values.tls.mode "secrets" -}}
{{- required (printf "tls.secrets.%s: the Secret with its certificate" $component.name) (index $root.Values.tls.secrets $component.name) -}}
{{- else -}}
{{ $component.fullname }}-tls
{{- end -}}
{{- end }}
