package dev.pargo.stage.status;

import dev.pargo.proto.v1.StageIdentity;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.boot.actuate.info.Info;
import org.springframework.boot.actuate.info.InfoContributor;

/** Shows at {@code /actuator/info} which weights a stage serves, and how. */
public final class StageInfo implements InfoContributor {

    private final String name;
    private final StageIdentity identity;

    public StageInfo(String name, StageIdentity identity) {
        this.name = name;
        this.identity = identity;
    }

    @Override
    public void contribute(Info.Builder builder) {
        Map<String, Object> stage = new LinkedHashMap<>();
        stage.put("name", name);
        stage.put("model", identity.getBundle());
        stage.put("revision", identity.getBundleRevision());
        stage.put("network", identity.getNetwork());
        stage.put("fingerprint", identity.getFingerprint());
        stage.put("precision", identity.getPrecision());
        stage.put("precisionReason", identity.getPrecisionReason());
        stage.put("device", identity.getDevice());
        builder.withDetail("stage", stage);
    }
}
