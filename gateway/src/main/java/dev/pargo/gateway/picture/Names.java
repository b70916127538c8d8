package dev.pargo.gateway.picture;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** Looks host names up. May block. */
interface Names {

    /** All addresses of a name; of an address, itself. */
    InetAddress[] lookUp(String host) throws UnknownHostException;
}
