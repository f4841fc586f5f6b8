"""Both apps on one origin."""

from api.gateway.app import create_gateway

__all__ = ["create_gateway"]
