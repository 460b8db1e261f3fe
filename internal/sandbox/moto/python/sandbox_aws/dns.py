"""Records of Route 53 that stacks make."""

from moto.core.exceptions import ServiceException
from moto.route53.exceptions import NoSuchHostedZone
from moto.route53.models import Route53Backend, route53_backends
from moto.utilities.utils import get_partition

from .kinds import Kind, register


class _Refused(ServiceException):
    code = "InvalidChangeBatch"


def _dotted(name):
    return name.rstrip(".") + "."


def _by_name(self, name):
    """Route 53 writes every name with a dot at its end, whether or not the request has one; moto compares the letters."""
    return next((zone for zone in self.zones.values() if _dotted(zone.name) == _dotted(name)), None)


Route53Backend.get_hosted_zone_by_name = _by_name


class _Record(Kind):
    replaces = ("Name", "HostedZoneId", "HostedZoneName")

    def _zone(self, place, properties):
        backend = route53_backends[place.account][get_partition(place.region)]
        if "HostedZoneId" in properties:
            return backend.get_hosted_zone(properties["HostedZoneId"])
        zone = backend.get_hosted_zone_by_name(properties["HostedZoneName"])
        if zone is None:
            raise _Refused(f"No hosted zones named {properties['HostedZoneName']} found")
        return zone

    def create(self, place, properties):
        """A record that is there already is a failure, whoever made it; moto makes a second one."""
        zone, name, kind = self._zone(place, properties), _dotted(properties["Name"]), properties["Type"]
        if any(_dotted(record.name) == name and record.type == kind for record in zone.rrsets):
            raise _Refused(f"[Tried to create resource record set [name='{name}', type='{kind}'] but it already exists]")
        return zone.add_rrset({**properties, "Name": name})

    def update(self, place, resource, old, new):
        self.delete(place, resource, old)
        return self.create(place, new)

    def delete(self, place, resource, properties):
        """A record goes with its zone, too."""
        try:
            zone = self._zone(place, properties)
        except (NoSuchHostedZone, _Refused):
            return
        zone.delete_rrset({"Name": resource.name, "Type": resource.type})


register("AWS::Route53::RecordSet", _Record())
