"""What an installation may call the platforms with (平台密钥): settings like the others."""

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings

from bot.setting_forms import Address

__all__ = ["PlatformKeys"]


class PlatformKeys(BaseSettings):
    """The keys of the platforms' applications; the description of a field says its form (zh).

    A gateway that is not set is the platform's own; one is set for a proxy or a test.
    """

    jd_app_key: str | None = Field(default=None, description="京东联盟的应用标识")
    jd_app_secret: SecretStr | None = Field(default=None, description="京东联盟的应用密钥")
    jd_access_token: SecretStr | None = Field(
        default=None, description="京东联盟的授权令牌；应用需要授权时才用"
    )
    jd_union_key: SecretStr | None = Field(
        default=None, description="京东联盟的授权 Key；替别的联盟账号查询时才用"
    )
    jd_gateway: Address | None = Field(default=None, description="京东联盟接口的地址")
    taobao_app_key: str | None = Field(default=None, description="淘宝联盟的应用标识")
    taobao_app_secret: SecretStr | None = Field(default=None, description="淘宝联盟的应用密钥")
    taobao_access_token: SecretStr | None = Field(
        default=None, description="淘宝联盟的授权令牌（SessionKey）；接口需要授权时才用"
    )
    taobao_gateway: Address | None = Field(default=None, description="淘宝开放平台接口的地址")
    douyin_app_key: str | None = Field(default=None, description="抖店开放平台的应用标识")
    douyin_app_secret: SecretStr | None = Field(default=None, description="抖店开放平台的应用密钥")
    douyin_access_token: SecretStr | None = Field(
        default=None, description="抖店开放平台的授权令牌"
    )
    douyin_gateway: Address | None = Field(default=None, description="抖店开放平台接口的地址")
    alibaba1688_app_key: str | None = Field(default=None, description="1688 开放平台的应用标识")
    alibaba1688_app_secret: SecretStr | None = Field(
        default=None, description="1688 开放平台的应用密钥"
    )
    alibaba1688_access_token: SecretStr | None = Field(
        default=None, description="1688 开放平台的授权令牌"
    )
    alibaba1688_gateway: Address | None = Field(
        default=None, description="1688 开放平台接口的地址"
    )
    pinduoduo_app_key: str | None = Field(default=None, description="多多进宝的应用标识")
    pinduoduo_app_secret: SecretStr | None = Field(default=None, description="多多进宝的应用密钥")
    pinduoduo_access_token: SecretStr | None = Field(
        default=None, description="多多进宝的授权令牌；工具商应用才用"
    )
    pinduoduo_gateway: Address | None = Field(default=None, description="拼多多接口的地址")
    kuaishou_app_key: str | None = Field(default=None, description="快手联盟的应用标识")
    kuaishou_app_secret: SecretStr | None = Field(default=None, description="快手联盟的应用密钥")
    kuaishou_sign_secret: SecretStr | None = Field(
        default=None, description="快手联盟的签名密钥（signSecret）"
    )
    kuaishou_access_token: SecretStr | None = Field(default=None, description="快手联盟的授权令牌")
    kuaishou_gateway: Address | None = Field(default=None, description="快手联盟接口的地址")
