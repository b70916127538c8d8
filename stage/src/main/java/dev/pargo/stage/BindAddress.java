package dev.pargo.stage;

import io.grpc.netty.shaded.io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;
import org.springframework.core.convert.converter.Converter;

/**
 * Parses the address that a server listens on. For an IP address Spring Boot looks up the host name and listens on that
 * name's address, which may be another one. An address whose host name is the address itself avoids that.
 */
final class BindAddress implements Converter<String, InetAddress> {

    @Override
    public InetAddress convert(String text) {
        byte @Nullable [] ip = NetUtil.createByteArrayFromIpAddressString(text);
        try {
            return ip == null ? InetAddress.getByName(text) : InetAddress.getByAddress(text, ip);
        } catch (UnknownHostException unknown) {
            throw new IllegalArgumentException("'%s' is not a known address".formatted(text), unknown);
        }
    }
}
