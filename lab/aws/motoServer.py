"""moto's server, with the two IAM calls that moto 5.2.5 leaves out.

The provider is changed inside moto because only there the caller's signature and permissions have been checked: moto takes a
method of IamResponse for the IAM action of its name, and authorizes every action before it calls one.
"""

from moto.core.responses import EmptyResult
from moto.iam.exceptions import LimitExceededException
from moto.iam.responses import IamResponse
from moto.server import main

MOST_CLIENT_IDS = 100


def add_client_id_to_open_id_connect_provider(self):
    provider = self.backend.get_open_id_connect_provider(self._get_param("OpenIDConnectProviderArn"))
    client_id = self._get_param("ClientID")
    # Adding one that is there is no error: the call is idempotent.
    if client_id not in provider.client_id_list:
        if len(provider.client_id_list) >= MOST_CLIENT_IDS:
            raise LimitExceededException(
                f"Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: {MOST_CLIENT_IDS}"
            )
        provider.client_id_list = [*provider.client_id_list, client_id]
    return EmptyResult()


def remove_client_id_from_open_id_connect_provider(self):
    provider = self.backend.get_open_id_connect_provider(self._get_param("OpenIDConnectProviderArn"))
    client_id = self._get_param("ClientID")
    # Removing one that is not there is no error either.
    provider.client_id_list = [known for known in provider.client_id_list if known != client_id]
    return EmptyResult()


for method in (add_client_id_to_open_id_connect_provider, remove_client_id_from_open_id_connect_provider):
    setattr(IamResponse, method.__name__, method)

if __name__ == "__main__":
    main()
