package dev.pargo.gateway.picture;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** Resolves host names. May block. */
interface Names {

    /** All addresses of a name; for an address, that address. */
    InetAddress[] lookUp(String host) throws UnknownHostException;
}
