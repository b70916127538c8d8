package dev.pargo.service.start;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;

/**
 * Opens and closes every port that the service will listen on, before anything else. Otherwise a taken port would be
 * noticed only after the weights have been loaded, which can take a minute.
 */
final class PortCheck implements ApplicationContextInitializer<ConfigurableApplicationContext> {

    /** The settings of Spring Boot that are an address and a port. */
    private static final List<String> SERVERS = List.of("spring.grpc.server", "server", "management.server");

    private static final int MAX_PORT = 65_535;

    private static final Pattern VARIABLE = Pattern.compile("\\$\\{(PARGO_\\w+)");

    @Override
    public void initialize(ConfigurableApplicationContext context) {
        SERVERS.forEach(server -> check(context.getEnvironment(), server));
    }

    private static void check(ConfigurableEnvironment environment, String server) {
        String setting = server + ".port";
        String port = environment.getProperty(setting);
        // 0 takes any free port, -1 opens none.
        if (port == null || port.equals("0") || port.equals("-1")) {
            return;
        }
        if (!port.matches("\\d{1,5}") || Integer.parseInt(port) > MAX_PORT) {
            throw new PortException("%s is '%s', but must be a port from 0 to %d"
                    .formatted(variable(environment, setting), port, MAX_PORT));
        }
        String address = environment.getProperty(server + ".address", "");
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(address(address), Integer.parseInt(port)));
        } catch (IOException e) {
            throw new PortException("cannot listen on %s port %s (%s): choose another with %s"
                    .formatted(address, port, e.getMessage(), variable(environment, setting)));
        }
    }

    private static @Nullable InetAddress address(String name) throws UnknownHostException {
        return name.isEmpty() ? null : InetAddress.getByName(name);
    }

    /** The environment variable that sets it, or the setting's name if there is none. */
    private static String variable(ConfigurableEnvironment environment, String setting) {
        for (PropertySource<?> source : environment.getPropertySources()) {
            if (source instanceof EnumerablePropertySource<?> && source.getProperty(setting) != null) {
                Matcher matcher = VARIABLE.matcher(source.getProperty(setting).toString());
                return matcher.find() ? matcher.group(1) : setting;
            }
        }
        return setting;
    }
}
