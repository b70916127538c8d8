{{/* The settings of a component's service, as a list for env; takes the root, the component and all components. */}}
{{- define "pargo.environment" -}}
{{- $root := index . 0 -}}
{{- $component := index . 1 -}}
{{- $components := index . 2 -}}
{{- $env := dict -}}
{{- $_ := set $env "PARGO_BIND_ADDRESS" "0.0.0.0" -}}
{{- $_ := set $env "PARGO_LOG_FORMAT" $root.Values.logFormat -}}
{{- $_ := set $env "PARGO_DRAIN" (printf "%vs" $component.drainSeconds) -}}
{{- with $root.Values.traces.endpoint -}}
{{- $_ := set $env "PARGO_TRACES_ENDPOINT" . -}}
{{- $_ := set $env "PARGO_TRACES_SHARE" $root.Values.traces.share -}}
{{- end -}}
{{- if ne $root.Values.tls.mode "none" -}}
{{- $_ := set $env "SPRING_PROFILES_ACTIVE" "tls" -}}
{{- $_ := set $env "PARGO_TLS_CERTIFICATE" "/certificates/tls.crt" -}}
{{- $_ := set $env "PARGO_TLS_KEY" "/certificates/tls.key" -}}
{{- $_ := set $env "PARGO_TLS_AUTHORITY" "/certificates/ca.crt" -}}
{{- $_ := set $env "PARGO_MANAGEMENT_ADDRESS" "0.0.0.0" -}}
{{- end -}}
{{- if eq $component.kind "gateway" -}}
{{- include "pargo.gatewayEnvironment" (list $root $component $components $env) -}}
{{- else -}}
{{- $_ := set $env "PARGO_MODEL" (printf "/models/%s" (required (printf "stages.%s.bundle" $component.name) $component.bundle)) -}}
{{- $_ := set $env "PARGO_PRECISION" $component.precision -}}
{{- $_ := set $env "PARGO_DEVICE" (gt (int $component.gpu.count) 0 | ternary "cuda:0" "cpu") -}}
{{- $_ := set $env "PARGO_THREADS" (max 1 (floor (float64 $component.cpu))) -}}
{{- if eq $component.kind "llm" -}}
{{- $_ := set $env "PARGO_LLM_KV_CACHE" (printf "%sB" (include "pargo.bytes" $component.kvCache)) -}}
{{- with $component.sequences }}{{ $_ := set $env "PARGO_LLM_SEQUENCES" (int .) }}{{ end -}}
{{- end -}}
{{- end -}}
{{- $list := list -}}
{{- range $name, $value := mustMergeOverwrite $env $component.env -}}
{{- $list = append $list (dict "name" $name "value" (toString $value)) -}}
{{- end -}}
{{- toYaml $list -}}
{{- end }}

{{/* Adds the gateway's settings to a dictionary: one pipeline a model, whose stages are found by their Services' names. */}}
{{- define "pargo.gatewayEnvironment" -}}
{{- $root := index . 0 -}}
{{- $gateway := index . 1 -}}
{{- $components := index . 2 -}}
{{- $env := index . 3 -}}
{{- $_ := set $env "PARGO_FETCH_ENABLED" $gateway.fetch -}}
{{- $namespaced := printf "%s.%s" $gateway.fullname $root.Release.Namespace -}}
{{- $hosts := concat (list $gateway.fullname $namespaced (printf "%s.svc" $namespaced) (printf "%s.svc.cluster.local" $namespaced)) $gateway.allowedHosts -}}
{{- $_ := set $env "PARGO_ALLOWED_HOSTS" (join "," $hosts) -}}
{{- if $gateway.apiKeysSecret }}{{ $_ := set $env "PARGO_API_KEYS_FILE" "/api-keys/keys" }}{{ end -}}
{{- if $root.Values.tls.publicSecret -}}
{{- $_ := set $env "PARGO_TLS_PUBLIC_CERTIFICATE" "/public-certificate/tls.crt" -}}
{{- $_ := set $env "PARGO_TLS_PUBLIC_KEY" "/public-certificate/tls.key" -}}
{{- end -}}
{{- if ne $root.Values.tls.mode "none" }}{{ $_ := set $env "PARGO_TLS_CLIENTS" $root.Values.tls.clients }}{{ end -}}
{{- range $index, $pipeline := $root.Values.pipelines -}}
{{- $prefix := printf "PARGO_PIPELINES_%d_" $index -}}
{{- range $kind := list "encoder" "projector" "llm" -}}
{{- $stage := index $components (required (printf "pipelines[%d].%s" $index $kind) (index $pipeline $kind)) -}}
{{- if not $stage }}{{ fail (printf "pipelines[%d].%s: there is no stage %s" $index $kind (index $pipeline $kind)) }}{{ end -}}
{{- if ne $stage.kind $kind }}{{ fail (printf "pipelines[%d].%s: %s is of kind %s" $index $kind $stage.name $stage.kind) }}{{ end -}}
{{- $_ := set $env (printf "%s%s" $prefix (upper $kind)) (printf "dns:///%s:%v" $stage.fullname $stage.port) -}}
{{- end -}}
{{- range $key, $setting := dict "name" "NAME" "adapter" "ADAPTER" "requireSameBundle" "REQUIRESAMEBUNDLE" "promptTemplate" "PROMPTTEMPLATE" -}}
{{- if hasKey $pipeline $key }}{{ $_ := set $env (printf "%s%s" $prefix $setting) (index $pipeline $key) }}{{ end -}}
{{- end -}}
{{- range $key, $value := $pipeline.defaults -}}
{{- $_ := set $env (printf "%sDEFAULTS_%s" $prefix (upper $key)) $value -}}
{{- end -}}
{{- end -}}
{{- end }}

{{/* The volume of the bundles. */}}
{{- define "pargo.models" -}}
{{- $models := .Values.models -}}
{{- $given := compact (list $models.claim $models.image $models.hostPath $models.copy.image) -}}
{{- if ne (len $given) 1 }}{{ fail "models: set exactly one of claim, image, hostPath and copy.image" }}{{ end -}}
{{- if $models.claim -}}
persistentVolumeClaim: {claimName: {{ $models.claim }}, readOnly: true}
{{- else if $models.image -}}
image: {reference: {{ $models.image | quote }}, pullPolicy: {{ .Values.image.pullPolicy }}}
{{- else if $models.hostPath -}}
hostPath: {path: {{ $models.hostPath | quote }}, type: Directory}
{{- else -}}
emptyDir: {sizeLimit: {{ $models.copy.size }}}
{{- end -}}
{{- end }}
