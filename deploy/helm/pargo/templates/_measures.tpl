{{/*
PromQL by target: the total need of a stage in the target's unit, so that need / target is the number of replicas. A list of
the root, the component and the name of the target.
*/}}
{{- define "pargo.measure" -}}
{{- $root := index . 0 -}}
{{- $component := index . 1 -}}
{{- $target := index . 2 -}}
{{- $of := printf `namespace="%s",release="%s",component="%s"` $root.Release.Namespace $root.Release.Name $component.name -}}
{{- if eq $target "active" -}}
sum(pargo_gateway_active{ {{- $of -}} })
{{- else if eq $target "queued" -}}
sum(pargo_stage_queue_depth{ {{- $of -}} })
{{- else if eq $target "busy" -}}
sum(rate(pargo_stage_network_time_seconds_sum{ {{- $of -}} }[1m]))
{{- else if eq $target "requests" -}}
sum(pargo_llm_requests_running{ {{- $of -}} } + pargo_llm_requests_waiting{ {{- $of -}} })
{{- else if eq $target "kv" -}}
sum(pargo_llm_kv_utilization{ {{- $of -}} })
{{- else if eq $target "firstTokenSeconds" -}}
count(pargo_llm_kv_utilization{ {{- $of -}} }) * (histogram_quantile(0.95, sum by (le) (rate(gen_ai_server_time_to_first_token_seconds_bucket{ {{- $of -}} }[2m]))) > 0 or vector(0))
{{- else if eq $target "asked" -}}
{{- $models := list -}}
{{- range $root.Values.pipelines -}}
{{- if has $component.name (list .encoder .projector .llm) }}{{ $models = append $models (.name | default ".*") }}{{ end -}}
{{- end -}}
{{- $asked := printf `gen_ai_server_request_duration_seconds_count{namespace="%s",release="%s",component="gateway",gen_ai_request_model=~"%s"}` $root.Release.Namespace $root.Release.Name (join "|" $models) -}}
{{- $window := printf "%vs" $root.Values.autoscaling.idleSeconds -}}
(sum(increase({{ $asked }}[{{ $window }}])) or vector(0)) + (sum({{ $asked }} unless {{ $asked }} offset {{ $window }}) or vector(0))
{{- else -}}
{{- fail (printf "%s: unknown target %s" $component.name $target) -}}
{{- end -}}
{{- end }}
